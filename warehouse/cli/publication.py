"""`warehouse publication` and `warehouse diff`: what was published when, and what changed in between."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.markup import escape

from core.errors import WarehouseError
from warehouse.cli import screen

publication = typer.Typer(no_args_is_help=True, help="Published states of all marts.")

Number = Annotated[int, typer.Argument(help="Its number; `warehouse publication list` shows them.")]
LIST = """
    select p.publication_id, to_char(p.published_at at time zone 'Europe/London', 'YYYY-MM-DD HH24:MI'),
        p.business_date, p.changed_rows,
        (select count(*) from audit.refresh_input as i where i.refresh_id = p.refresh_id),
        p.code_version, r.code_commit, p.refresh_id
    from audit.publication as p
    inner join audit.refresh as r using (refresh_id)
    order by p.publication_id desc
    limit %s
"""
INPUT = """
    select
        i.dataset, i.vintage, i.released_on, i.order_assumed,
        case when t.batch_id is not null then 'removed' else b.status end,
        coalesce('on ' || t.removed_at::date || ' by ' || t.name || ': ' || t.reason, b.reason, ''), f.name, b.batch_id
    from audit.publication as p
    inner join audit.refresh_input as i using (refresh_id)
    inner join audit.batch as b using (batch_id)
    inner join audit.batch_file as f using (batch_id)
    left join audit.tombstone as t using (batch_id)
    where p.publication_id = %s
    order by i.dataset, i.vintage_order
"""
MARTS = """
    select
        case schema_name when 'marts' then '' else schema_name || '.' end || mart
        || case when is_retired then ' (retired)' else '' end, row_count, inserted, updated, deleted,
        cardinality(column_names), checksum
    from audit.publication_mart
    where publication_id = %s
    order by schema_name, mart
"""


CAUSES = """
    select
        dataset,
        string_agg(vintage, ', ' order by vintage) filter (where publication_id = %(later)s) as came,
        string_agg(vintage, ', ' order by vintage) filter (where publication_id = %(earlier)s) as gone
    from (
        select dataset, vintage, max(publication_id) as publication_id
        from marts.publication_input
        where publication_id in (%(earlier)s, %(later)s)
        group by dataset, vintage, batch_id
        having count(*) = 1
    ) as of_one_only
    group by dataset
    order by dataset
"""
WHY = """
    select mart, string_agg(distinct cause, ', ' order by cause), string_agg(distinct cause_detail, '; ')
    from marts.change_cause
    where publication_id > %s and publication_id <= %s
    group by mart
"""
CODES = "select count(distinct code_version) from marts.publication where publication_id in (%s, %s)"


@publication.command("list")
def list_(limit: Annotated[int, typer.Option(help="How many, newest first.")] = 20) -> None:
    """The newest publications: when, for which day, from how many batches, by which code."""
    from core import db

    with db.connect("auditor") as connection:
        rows = connection.execute(LIST, [limit]).fetchall()
    if not rows:
        screen.say("Nothing has been published yet. Next: `make run`.")
        return
    columns = ["publication", "published (London)", "for", "changed rows", "batches", "code", "commit", "refresh"]
    screen.table(columns, rows, right=["publication", "changed rows", "batches"])
    screen.say("Next: `warehouse publication show <publication>`, `warehouse diff <earlier> <later>`.")


@publication.command()
def show(number: Number) -> None:
    """What a publication was made from, and what it changed, mart by mart."""
    from core import db
    from warehouse.past.as_of import past_marts

    with db.connect("auditor") as connection:
        past_marts(connection, number)
        screen.heading(f"Publication {number}")
        screen.table(
            ["mart", "rows", "new", "changed", "gone", "columns", "checksum"],
            connection.execute(MARTS, [number]).fetchall(),
            right=["rows", "new", "changed", "gone", "columns", "checksum"],
        )
        screen.heading("Made from")
        columns = ["dataset", "vintage", "released", "batch is now", "reason", "file", "batch"]
        rows = connection.execute(INPUT, [number]).fetchall()
        screen.table(columns, [(*row[:3], *row[4:]) for row in rows])
        if assumed := {row[0] for row in rows if row[3]}:
            screen.say(
                f"Of {len(assumed)} datasets not every file says when it was released: their order is by period, then "
                "by arrival. Files in a folder released-YYYY-MM-DD say it."
            )


@publication.command()
def restore(number: Number) -> None:
    """Publish what that publication said once more, as a new publication; all that came between stays in history."""
    from warehouse.past.restore import restore

    with screen.out.status(f"Publication {number} is laid out and compared with its checksums"):
        report = restore(number)
    if report.publication_id is None:
        screen.say(f"The marts say what publication {number} said already: nothing was changed.")
        return
    screen.say(
        f"Publication {report.publication_id} repeats publication {number}: {report.changed_rows:,} changed rows."
    )
    screen.say(
        "Next: the coming night publishes from all accepted batches again. Before it, take the wrong batch out "
        "(`warehouse withdraw <batch> --by ... --reason ...`) or mend the code."
    )


@publication.command()
def mend(
    by: Annotated[str, typer.Option(help="First and last name of who answers for it.")],
    reason: Annotated[str, typer.Option(help="What is known of the change.")],
    backup: Annotated[
        Path | None, typer.Option(help="A dated folder of `warehouse backup`: histories come from there.")
    ] = None,
) -> None:
    """Put back what somebody changed in marts, histories or places; all equal to the last publication, or nothing."""
    from warehouse.past.mend import mend

    with screen.out.status("What differs is made again and compared"):
        mended = mend(by, reason, backup)
    if not mended.tables:
        screen.say(f"Nothing differs from what publication {mended.publication_id} left.")
        return
    screen.say(
        f"Put back: {', '.join(mended.tables)}; all is as publication {mended.publication_id} left it, by checksum."
    )
    screen.say("Next: find out who could write there; `make run` publishes again.")


@publication.command()
def verify(
    file: Annotated[Path | None, typer.Argument(help="A mart that `warehouse export` wrote as Parquet.")] = None,
    manifests: Annotated[
        Path | None, typer.Option(help="Folder of manifests; those of this archive otherwise.")
    ] = None,
    noted: Annotated[
        str | None, typer.Option(help="Hash of a manifest, as this command told it when you noted it down.")
    ] = None,
    key: Annotated[
        Path | None, typer.Option(help="Public key (PEM) of the deployment: signatures are held against it.")
    ] = None,
) -> None:
    """Whether the manifests follow one another, and an exported mart is what was published. Asks no database."""
    from warehouse.past.verify_manifests import hash_of, verify_chain, verify_export
    from warehouse.publish.manifest import folder, manifest_path

    place = manifests or folder()
    numbers = verify_chain(place, noted, key)
    signed = ", signed" if key else ""
    screen.say(
        f"{len(numbers)} manifests, of publications {numbers[0]} to {numbers[-1]}, each follows the one before{signed};"
        f" the last has the hash {hash_of(manifest_path(numbers[-1], place))}."
    )
    if file:
        mart, number, rows = verify_export(file, place)
        screen.say(f"{escape(str(file))} is {mart} as publication {number} had it: {rows:,} rows.")


def diff(earlier: int, later: int, mart: str | None, limit: int, role: str) -> None:
    """Print what differs between two publications, as a reader sees it: counts, then values, at most `limit` a mart."""
    from warehouse.past.compare import differences

    if earlier == later:
        raise WarehouseError(
            f"Publication {earlier} is compared with another one, not with itself.",
            remedy="`warehouse publication list` shows their numbers.",
        )
    if earlier > later:
        raise WarehouseError(f"{earlier} is not before {later}.", remedy=f"`warehouse diff {later} {earlier}`.")
    from core import db

    with db.connect(role) as connection:
        found = differences(connection, earlier, later, mart)
        causes = connection.execute(CAUSES, {"earlier": earlier, "later": later}).fetchall()
        codes = connection.execute(CODES, [earlier, later]).fetchone()
        why = {name: words for name, *words in connection.execute(WHY, [earlier, later])}
    if not found:
        screen.say(f"Publications {earlier} and {later} say the same{f' in {escape(mart)}' if mart else ''}.")
        return
    screen.heading(f"From publication {earlier} to {later}")
    if causes:
        screen.table(["made from", "vintages new", "vintages gone"], causes)
    screen.say(f"The code is {'the same' if codes == (1,) else 'another'}.\n")
    screen.table(
        ["mart", "rows new", "rows changed", "rows gone", "columns new", "columns gone", "why"],
        [
            (each.mart, each.appeared, each.changed, each.vanished,
             ", ".join(each.columns_added), ", ".join(each.columns_gone), why.get(each.mart, [""])[0])
            for each in found
        ],
        right=["rows new", "rows changed", "rows gone"],
    )  # fmt: skip
    for each in found:
        if each.changes:
            screen.heading(each.mart)
            if each.mart in why:
                screen.say(escape(why[each.mart][1] or ""))
            # What was another figure before is what people ask about; rows that came or went follow.
            shown = sorted(each.changes, key=lambda change: change.column is None)[:limit]
            rows = [(_key(c.key), c.column or "(row)", *_values(c.column, c.was, c.now)) for c in shown]
            screen.table(["which", "figure", "was", "is", "difference"], rows, right=["was", "is", "difference"])
            if len(each.changes) > limit:
                screen.say(
                    f"  and {len(each.changes) - limit:,} more: `--mart {each.mart} --limit {len(each.changes)}`"
                )


def _key(key: dict[str, Any]) -> str:
    return ", ".join(str(value) for value in key.values())


def _values(column: str | None, was: Any, now: Any) -> tuple[Any, Any, Any]:
    if column is None:
        return ("there", "gone", None) if was else ("not there", "new", None)
    is_number = all(isinstance(value, (int, Decimal)) and not isinstance(value, bool) for value in (was, now))
    return ("nothing" if was is None else was, "nothing" if now is None else now, now - was if is_number else None)
