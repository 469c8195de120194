"""`warehouse trace --role`: what a reader may see of where a figure comes from."""

from __future__ import annotations

from core import db
from core.errors import WarehouseError
from core.roles import EVERYBODY
from warehouse.cli import screen
from warehouse.cli.proof.row import condition_of, published, table_of
from warehouse.cli.proof.trace import print_row
from warehouse.lineage.rows import Rows

MADE_OF = """
    select l.column_name, l.kind, l.source_column, f.publisher, f.latest_vintage, f.licence
    from marts.column_lineage as l
    left join marts.data_freshness as f
        on split_part(l.source_column, '.', 1) in ('raw', 'compiled')
            and f.dataset = split_part(l.source_column, '.', 2)
    where l.mart = %(mart)s and l.kind in ('copied', 'computed')
        and (l.column_name = %(column)s or %(column)s::text is null)
    order by l.column_name, l.source_column
"""


def show(mart: str, key: list[str], column: str | None, role: str, *, is_proof: bool) -> None:
    """Print the row, and which columns of which feeds and papers its figures are made of."""
    if is_proof:
        raise WarehouseError(
            f"{role} reads published tables, not the rows that they are made of.",
            remedy="Leave --verify and --csv out, or ask as auditor.",
        )
    with db.connect(role) as connection:
        table = table_of(connection, mart, column)
        if table.schema != "marts" and role not in table.readers:
            allowed = ", ".join(sorted(table.readers - {EVERYBODY})) or "nobody but auditors"
            raise WarehouseError(f"{role} may not read {table.full_name}.", remedy=f"{allowed} may: `--role`.")
        _, text = published(connection, table, condition_of(table, key))
        (row,) = Rows([text]).exact
        print_row(table, column, {name: row[name] for name in table.column_names})
        screen.heading("Made of")
        columns = ("column", "how", "of", "publisher", "latest release", "licence")
        screen.table(columns, connection.execute(MADE_OF, {"mart": mart, "column": column}))
    screen.say(f"An auditor may follow it to the lines of the files: the same command without --role {role}.")
