"""Every generated extract the whole way to readers: made again, followed back, sorted anyhow, any feed missing."""

from __future__ import annotations

import os
import random
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from itertools import combinations
from pathlib import Path
from typing import Any

import psycopg
import pytest
from collations import orders_by_a_servers_collation
from pages import assert_sound, parsed
from psycopg import sql
from python_calamine import CalamineWorkbook
from typer.testing import CliRunner

from core import db
from core.errors import WarehouseError
from core.settings import PROJECT_DIR, settings
from ingest.definition.dataset import load_definitions
from ingest.pipeline import ingest_dataset
from warehouse.checks.archive_as_kept import record_archive_state
from warehouse.checks.gate import verify_pending
from warehouse.cli.app import app
from warehouse.export.files import write_parquet
from warehouse.export.nightly import write_books
from warehouse.export.read import read, reading
from warehouse.export.workbook import sheet_name
from warehouse.intake.add import intake_datasets
from warehouse.intake.form import form_of
from warehouse.lineage.origins import sources
from warehouse.lineage.rows import Rows
from warehouse.lineage.trace import Trace, follow, not_given_again
from warehouse.lineage.workings import Relation, keep
from warehouse.notify.message import of_the_night
from warehouse.past.mend import mend
from warehouse.past.rebuild import reread
from warehouse.past.verify_manifests import verify_export
from warehouse.publish.as_published import changed
from warehouse.publish.manifest import folder
from warehouse.publish.mart_catalogue import candidate_tables, place, published_tables
from warehouse.refresh import steps
from warehouse.report.declared import marts_of, workbooks
from warehouse.report.make import make
from warehouse.report.state import read_state

DAY = date(2024, 12, 1)
FEEDS = sorted(load_definitions())
NIGHTS = 8


ENDS = {"raw", "seed", "compiled", "audit"}
# Of marts, of those for named readers, and of the status views; what begins with _ is not for readers.
PUBLISHED_COLUMNS = """
    select c.relname, a.attname, trim(col_description(c.oid, a.attnum)), exists (
        select from audit.column_lineage as l
        where l.kind in ('copied', 'computed')
            and (l.schema_name, l.mart, l.column_name) = (c.relnamespace::regnamespace::text, c.relname, a.attname)
    )
    from pg_class as c
    inner join pg_attribute as a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
    where c.relnamespace in ('marts'::regnamespace, 'restricted'::regnamespace) and c.relkind in ('r', 'v')
        and not starts_with(a.attname, '_')
    order by c.relname, a.attnum
"""
RANDOM = "select to_jsonb(t)::text from {} as t order by md5(t::text || 'trace') limit 1"
# Of no great fan-in, and each by another way: papers with an intake, a feed, a workbook.
MOVED = [
    ("capital_programme", "actual_gbp is not null", "intake_capital_actual", "actual_gbp", "actual_gbp"),
    ("street_crime", "crime_count > 1", "police_uk_street", "crime_type", "crime_count"),
    ("police_precept", "tax_base > 0", "council_tax_requirement", "tax_base", "tax_base"),
]


@pytest.fixture(scope="module")
def night(shared_warehouse: str) -> Iterator[psycopg.Connection]:
    """A database with a publication of every generated extract."""
    with pytest.MonkeyPatch.context() as patch, db.connect("admin", autocommit=True) as admin:
        patch.setenv("SOURCES", "generated")
        for dataset in FEEDS:
            ingest_dataset(dataset)
            verdicts = verify_pending(dataset)
            assert {verdict.status for verdict in verdicts} == {"accepted"}, verdicts
        report = steps.refresh(DAY)
        assert report and report.publication_id == 1
        yield admin


def test_what_generated_extracts_say_is_made_again_from_the_archive(night: psycopg.Connection) -> None:
    batches = reread(1)
    assert {batch.dataset for batch in batches} == set(FEEDS)
    assert [batch for batch in batches if batch.differing != 0] == []

    # Somebody changed marts: they are put back from the publication made again, which is the proof at once.
    night.execute("update marts.capital_programme set actual_gbp = coalesce(actual_gbp, 0) + 1")
    night.execute("delete from marts.police_precept")
    assert [each.told.partition(" has ")[2].split()[0] for each in changed(night)[1]] == ["its", "0"]
    mended = mend("A Person", "a test")
    assert mended.tables == ["marts.capital_programme", "marts.police_precept"]
    marts = mended.rebuilt
    assert [mart for mart in marts if not mart.is_equal] == []
    assert changed(night) == (1, [])
    published = night.execute("select count(*), count(*) filter (where row_count > 0) from audit.publication_mart")
    (tables, filled) = published.fetchone() or (0, 0)
    assert len(marts) == tables
    assert filled > 50


def test_every_mart_that_is_exported_is_what_its_manifest_says(night: psycopg.Connection, tmp_path: Path) -> None:
    path, verified = tmp_path / "mart.parquet", 0
    with reading("auditor") as reader:
        for mart in published_tables(reader):
            write_parquet(read(reader, mart), path)
            verified += verify_export(path, folder())[2]
    assert night.execute("select sum(row_count) from audit.publication_mart").fetchone() == (verified,)


def a_row(connection: psycopg.Connection, mart: Relation, which: str = "true") -> Rows:
    """A row of a mart's candidate, the same every time; none where it has none."""
    query = sql.SQL(RANDOM.replace(" order", f" where {which} order")).format(mart.identifier)
    row = connection.execute(query).fetchone()
    return Rows([row[0]] if row else [])


def traced(connection: psycopg.Connection, mart: Relation, which: str = "true") -> Trace:
    """Such a row, followed."""
    return follow(connection, {mart: a_row(connection, mart, which)}, most=500)


def test_a_row_of_every_mart_is_followed_to_its_lines_and_made_again_from_them(night: psycopg.Connection) -> None:
    tables = candidate_tables(night, "candidate").values()
    marts = [Relation(table.schema, table.name) for table in tables]
    wanted = {mart: rows for mart in marts if (rows := a_row(night, mart))}
    assert len(wanted) > 50
    # Together: what many marts pass is read once. Each step is still held against what was found for it.
    trace = follow(night, wanted, most=2_000)
    assert {relation.schema for relation in trace.origins} <= ENDS
    for relation, rows in trace.steps.items():
        if relation in trace.models and rows.texts:
            assert not_given_again(night, trace, relation) == [], relation.full_name
        elif relation.schema == "raw" and "_batch_id" in rows.columns:
            places = [place for source in sources(night, relation, rows.exact) for place in source.places]
            assert len(places) == len(rows.texts), relation.full_name


@pytest.mark.parametrize(("mart", "which", "dataset", "field", "figure"), MOVED, ids=[each[0] for each in MOVED])
def test_a_figure_moves_with_its_own_rows_and_with_no_other(
    night: psycopg.Connection, mart: str, which: str, dataset: str, field: str, figure: str
) -> None:
    trace = traced(night, Relation("candidate", mart), which)
    raw = Relation("raw", dataset)
    own = [(row["_batch_id"], row["_row_number"]) for row in trace.steps[raw].exact]
    assert own and not trace.steps[raw].is_cut
    candidate = Relation("candidate", mart)
    (was,) = trace.steps[candidate].exact
    change = "case when pg_typeof({0}) = 'text'::regtype then {0}::text || '9' else ({0}::numeric + 1)::text end"
    kind = night.execute(f"select pg_typeof({field})::text from raw.{dataset} limit 1").fetchone() or ("",)
    for whose, moves in (("<> all", False), ("= any", True)):
        with db.connect() as connection:
            connection.execute(
                f"update raw.{dataset} set {field} = ({change.format(field)})::{kind[0]} "
                f"where {field} is not null and (_batch_id || ' ' || _row_number) {whose} (%s)".encode(),
                [[f"{batch} {row}" for batch, row in own]],
            )
            make_again(connection, trace)
            query = sql.SQL("select t.{} from {} as t where {}").format(
                sql.Identifier(figure), candidate.identifier, same_key(mart, was)
            )
            assert (connection.execute(query).fetchall() != [(was[figure],)]) is moves, f"{field} {whose} its own rows"
            connection.rollback()


def same_key(mart: str, row: dict) -> sql.Composed:
    with db.connect("auditor") as connection:
        key = candidate_tables(connection, "candidate")[mart].key
    return sql.SQL(" and ").join(
        sql.SQL("t.{}::text = {}").format(sql.Identifier(name), sql.Literal(str(row[name]))) for name in key
    )


def make_again(connection: psycopg.Connection, trace: Trace) -> None:
    """Fill every table on the way to a mart again, from the bottom, by its own SQL."""
    for relation in reversed([*trace.steps]):
        kind = connection.execute(
            "select relkind from pg_class where oid = %s::regclass", [relation.full_name]
        ).fetchone()
        if relation in trace.models and kind == ("r",):
            columns = sql.SQL(", ").join(map(sql.Identifier, trace.models[relation].columns))
            query = sql.SQL(trace.models[relation].query.sql("postgres"))
            connection.execute(sql.SQL("delete from {}").format(relation.identifier))
            connection.execute(sql.SQL("insert into {} ({}) {}").format(relation.identifier, columns, query))


def test_a_mart_that_nobody_wrote_code_for_is_followed(night: psycopg.Connection) -> None:
    query = (
        "select a.body_code, max(a.tax_base) as widest, count(*) as years from ("
        "  select body_code, tax_base, row_number() over (partition by body_code order by financial_year) as year"
        "  from candidate.police_precept where tax_base is not null) as a "
        "group by a.body_code having max(a.year) > 1"
    )
    with db.connect() as connection:
        connection.execute(f"create table candidate.added as {query}".encode())
        keep(connection, [(Relation("candidate", "added"), query)])
        trace = traced(connection, added := Relation("candidate", "added"))
        assert not_given_again(connection, trace, added) == []
        (row,) = trace.steps[added].exact
        assert len(trace.steps[Relation("candidate", "police_precept")].texts) == row["years"]
        connection.rollback()


@pytest.mark.parametrize(
    ("query", "rows"),
    [
        ("select distinct a.body_code from candidate.police_precept as a", 1),
        ("select a.body_code, upper(a.body_code) as name from candidate.police_precept as a group by a.body_code", 1),
        ("select a.body_code from candidate.police_precept as a group by a.body_code, a.financial_year", None),
        ("select a.body_code, count(*) as years from candidate.police_precept as a group by a.body_code", None),
        (
            "select distinct on (a.body_code) a.body_code, a.financial_year, a.tax_base "
            "from candidate.police_precept as a order by a.body_code, a.financial_year desc",
            1,
        ),
        (
            "select a.body_code, a.financial_year from candidate.police_precept as a "
            "order by a.financial_year desc, a.body_code limit 3",
            1,
        ),
        (
            "select a.body_code, a.financial_year, case when a.tax_base > 0 then 'sum' else 'none' end as told "
            "from candidate.police_precept as a",
            1,
        ),
        (
            "select a.body_code, a.financial_year, count(*) over (partition by upper(a.body_code)) as years "
            "from candidate.police_precept as a",
            None,
        ),
        (
            "select a.body_code, a.financial_year, sum(a.tax_base) as tax_base from candidate.police_precept as a "
            "group by grouping sets ((a.body_code, a.financial_year), (a.financial_year)) "
            "having a.body_code is not null",
            1,
        ),
        (
            "select a.body_code, a.financial_year, sum(a.tax_base) as tax_base from candidate.police_precept as a "
            "group by grouping sets ((a.body_code, a.financial_year), (a.body_code)) having a.financial_year is null",
            None,
        ),
    ],
    ids=[
        "distinct",
        "grouped",
        "given several times",
        "counted",
        "the first of each",
        "the first three",
        "a word",
        "in a partition that no column tells",
        "of the smaller grouping set",
        "of the larger grouping set",
    ],
)
def test_of_rows_that_are_only_taken_together_one_is_followed(
    night: psycopg.Connection, query: str, rows: int | None
) -> None:
    with db.connect() as connection:
        connection.execute(f"create table candidate.added as {query}".encode())
        keep(connection, [(Relation("candidate", "added"), query)])
        trace = traced(connection, added := Relation("candidate", "added"))
        assert not_given_again(connection, trace, added) == []
        (body,) = (row["body_code"] for row in trace.steps[added].exact)
        held = "select count(*)::integer from candidate.police_precept where body_code = %s"
        all_of_it = connection.execute(held, [body]).fetchone() or (0,)
        assert all_of_it[0] > 1
        assert len(trace.steps[Relation("candidate", "police_precept")].texts) == (rows or all_of_it[0])
        connection.rollback()


def test_where_more_take_part_than_are_told_it_is_said_how_many_at_least(night: psycopg.Connection) -> None:
    query = "select a.body_code, count(*) as years from candidate.police_precept as a group by a.body_code"
    with db.connect() as connection:
        connection.execute(f"create table candidate.added as {query}".encode())
        keep(connection, [(Relation("candidate", "added"), query)])
        rows = a_row(connection, added := Relation("candidate", "added"), "years > 1")
        trace = follow(connection, {added: rows}, most=1)
        assert not_given_again(connection, trace, added) == []
        told = trace.steps[Relation("candidate", "police_precept")]
        assert (told.texts, told.is_cut, told.at_least) == ([], True, 2)
        connection.rollback()


def test_of_one_figure_only_what_goes_into_it_is_followed(night: psycopg.Connection) -> None:
    """A rank takes every body of the year, and which workbook is the latest one row of it."""
    mart = Relation("candidate", "police_precept")
    rows = a_row(
        night, mart, "rank_band_d > 1 and financial_year = (select max(financial_year) from candidate.police_precept)"
    )
    (row,) = rows.exact
    bodies = "select count(*)::integer from candidate.police_precept where financial_year = %s"
    (of_the_year,) = night.execute(bodies, [row["financial_year"]]).fetchone() or (0,)
    raw = Relation("raw", "council_tax_requirement")
    key = {"body_code", "financial_year"}
    followed = {}
    for column in ("tax_base", "rank_band_d"):
        trace = follow(night, {mart: rows}, {mart: frozenset({*key, column})})
        assert not_given_again(night, trace, mart) == []
        followed[column] = [each["authority_name"].strip() for each in trace.steps[raw].exact]
    assert set(followed["tax_base"]) == {row["published_name"]} and len(followed["tax_base"]) <= 2
    assert len(set(followed["rank_band_d"])) >= of_the_year > 2


def ask(*arguments: str) -> str:
    said = CliRunner().invoke(app, ["trace", *arguments])
    if isinstance(said.exception, WarehouseError):
        raise said.exception
    return " ".join(said.stdout.split())


def test_every_published_column_has_an_origin_and_a_description(night: psycopg.Connection) -> None:
    columns = night.execute(PUBLISHED_COLUMNS).fetchall()
    assert len(columns) > 1_200 and {"publication", "data_freshness", "figure_change"} <= {row[0] for row in columns}
    assert [f"{mart}.{name} has no origin" for mart, name, _, has_origin in columns if not has_origin] == []
    assert [f"{mart}.{name} has no description" for mart, name, told, _ in columns if not told] == []
    strength = night.execute(
        "select source_column from marts.column_lineage where mart = 'workforce_strength' and column_name = 'fte' and "
        "kind in ('copied', 'computed') and source_column like 'raw.mps_strength.%'"
    ).fetchall()
    assert sorted(strength) == [(f"raw.mps_strength.{name}_fte",) for name in ("officers", "pcso", "staff")], (
        "the last branch of a union"
    )
    delivered = night.execute(
        "select source_column, kind from marts.column_lineage "
        "where mart = 'savings_tracker' and column_name = 'delivered_gbp' and kind in ('copied', 'computed')"
    ).fetchall()
    assert delivered == [("raw.intake_savings_delivery.delivered_gbp", "copied")]


def test_the_command_names_file_hash_line_publisher_signature_and_citation(
    night: psycopg.Connection, tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.mktemp("trace") / "places.csv"
    key = ["--key", "department_code=directorate_of_information", "--key", "financial_year=2011/12"]
    said = ask("capital_programme", *key, "--key", "version=proposed_budget", "--verify", "--csv", str(path))
    batch = night.execute(
        "select sha256 from audit.batch where dataset = 'intake_capital_actual' and status = 'accepted'"
    ).fetchone() or ("",)
    for words in (
        "GENERATED_capital_actual_2012-03-31.csv",
        batch[0][:12],
        "signed by Nobody",
        "Capital 7 year programme",
        "seeds/papers/paper_capital_expenditure.csv",
        "Verified: each of 6 steps",
    ):
        assert words in said
    lines = (PROJECT_DIR / "seeds" / "papers" / "paper_capital_expenditure.csv").read_text().splitlines()
    (place,) = [line for line in path.read_text().splitlines() if "paper_capital_expenditure" in line]
    assert "Directorate of Information" in lines[int(place.rpartition("row ")[2]) - 1]

    told = ask("capital_programme", *key, "--key", "version=proposed_budget", "--role", "bi_reader")
    for words in ("raw.intake_capital_actual.actual_gbp", "An auditor may follow it to the lines"):
        assert words in told
    with pytest.raises(WarehouseError, match="not the rows that they are made of"):
        ask("capital_programme", *key, "--role", "bi_reader", "--verify")
    with pytest.raises(WarehouseError, match=r"bi_reader may not read restricted\.workforce_detail") as refused:
        ask("restricted.workforce_detail", "--key", "a=b", "--role", "bi_reader")
    assert "workforce_reader may" in (refused.value.remedy or "")

    with pytest.raises(WarehouseError, match="more than one such row"):
        ask("capital_programme", *key[:2])
    with pytest.raises(WarehouseError, match="no such row"):
        ask("capital_programme", "--key", "financial_year=1066/67")
    night.execute("update candidate.capital_programme set budget_gbp = budget_gbp + 1")
    with pytest.raises(WarehouseError, match="do not stand"):
        ask("capital_programme", *key, "--key", "version=proposed_budget")
    night.execute("update candidate.capital_programme set budget_gbp = budget_gbp - 1")


def totals(rows: list[list[Any]]) -> dict[str, Decimal]:
    """The sum of each column that holds amounts, worked out from the cells."""
    header, *lines = rows
    return {
        name: sum((Decimal(repr(line[at])) for line in lines if isinstance(line[at], float)), Decimal(0))
        for at, name in enumerate(header)
        if str(name).endswith("_gbp")
    }


def test_workbooks_of_a_blocked_night_have_the_marts_figures_and_say_whose_they_are(
    night: psycopg.Connection, tmp_path: Path
) -> None:
    failed = (
        "insert into audit.refresh (refresh_id, business_date, code_version, input_hash, status, message, started_at) "
        "values ('blocked', '2024-12-02', 'c', 'h', 'failed', 'the contract of savings_tracker failed', now())"
    )
    try:
        night.execute(failed)
        with reading() as reader:
            state = read_state(reader)
            assert state
            written = write_books(reader, state, tmp_path)
            assert [path.stem for path in written] == [*workbooks()]
            compared, covers = 0, ""
            for path in written:
                book = CalamineWorkbook.from_path(path)
                cover = " ".join(str(cell) for row in book.get_sheet_by_name("Cover").to_python() for cell in row)
                assert "These are the figures of Sunday 1 December 2024, because the contract of savings" in cover
                assert "GENERATED DATA" in cover
                covers += cover
                for mart in marts_of(path.stem):
                    found = totals(book.get_sheet_by_name(sheet_name(mart)).to_python())
                    for column, total in found.items():
                        query = sql.SQL("select coalesce(sum({}), 0) from {}").format(
                            sql.Identifier(column), sql.Identifier(*place(mart))
                        )
                        assert reader.execute(query).fetchone() == (total,), f"{mart}.{column}"
                        compared += 1
            assert compared > 60
        page = make(tmp_path)
        told = parsed(page.path)
        assert_sound(told, tmp_path)
        assert "the figures of Sunday 1 December 2024" in told.xpath("string(//p[contains(@class, 'late')])")
        assert len(told.xpath("//header//a[contains(@href, '.xlsx')]")) == len(written)
        late = state.feeds_that_are("stale")
        assert late and any(f"{feed.name} {feed.row['latest_vintage']}, up to " in covers for feed in late)
        assert all(feed.name in told.get_element_by_id("missing").text_content() for feed in late)
        message = of_the_night(state)
        assert f"Late: {late[0].name} ({late[0].row['publisher']})" in message.body
        assert message.subject == "Not published: readers keep the figures of 1 December 2024"
        assert "because the contract of savings_tracker failed" in message.body
    finally:
        night.execute("delete from audit.refresh where refresh_id = 'blocked'")


def test_workbooks_of_the_intake_have_what_is_known_filled_in(night: psycopg.Connection) -> None:
    with reading() as reader:
        forms = {name: form_of(definition, reader) for name, definition in intake_datasets().items()}
        wanted = {"intake_savings_delivery": 13, "intake_capital_actual": 28, "intake_revenue_monitoring": 21}
        assert {name: len(forms[name].rows) for name in wanted} == wanted
        savings = forms["intake_savings_delivery"]
        names = [column.name for column in savings.columns]
        rows = [dict(zip(names, row, strict=True)) for row in savings.rows]
        assert {row["programme_name (not read)"]: row["planned_gbp (not read)"] for row in rows}[
            "Catering Programme"
        ] == Decimal(14_500_000)
        for form in forms.values():
            key = [[column.name for column in form.columns].index(name) for name in form.given]
            known = [tuple(row[at] for at in key) for row in form.rows]
            assert len(known) == len(set(known)), f"{form.sheet}: a row twice"
            assert all(None not in row for row in known)
        assert {name for name, form in forms.items() if not form.rows} <= {
            *("intake_estate_asset", "intake_hr_extract", "intake_workforce_flow")
        }


RAW_CHANGES = [
    ("delete from raw.{0} where _row_number = 2", r"holds \d rows, \d were loaded"),
    ("insert into raw.{0} select * from raw.{0} where _row_number = 2", r"holds \d rows, \d were loaded"),
    ("update raw.{0} set actual_gbp = actual_gbp + 1 where _row_number = 2", "as many rows as were loaded, and not"),
    (
        "update audit.batch set records_loaded = 7, records_read = 7 where dataset = '{0}'",
        "its account in audit.batch says 7",
    ),
]


@pytest.mark.parametrize(("change", "words"), RAW_CHANGES, ids=["deleted", "added", "edited", "account"])
def test_raw_that_was_changed_stops_the_night_by_name(night: psycopg.Connection, change: str, words: str) -> None:
    dataset = "intake_capital_actual"
    saved = [f"create table public.kept as select * from raw.{dataset}", "create table public.kept_batch as "
             "select batch_id, records_loaded, records_read from audit.batch"]  # fmt: skip
    put_back = [
        f"delete from raw.{dataset}",
        f"insert into raw.{dataset} select * from public.kept",
        "update audit.batch as b set records_loaded = k.records_loaded, records_read = k.records_read "
        "from public.kept_batch as k where k.batch_id = b.batch_id",
        "drop table public.kept, public.kept_batch",
    ]
    try:
        run(night, [*saved, change.format(dataset)])
        with pytest.raises(WarehouseError, match=f"GENERATED_capital_actual_2012-03-31.*{words}"):
            steps.refresh(date(2024, 12, 2))
    finally:
        run(night, put_back)
    assert steps.start(date(2024, 12, 2)), "what is put right is built on again"


def test_an_archived_file_that_rotted_is_told_by_name_and_stops_nothing(night: psycopg.Connection) -> None:
    refresh_id, sha256 = night.execute(
        "select i.refresh_id, b.sha256 from audit.refresh_input as i inner join audit.batch as b using (batch_id) "
        "where b.dataset = 'police_grant' order by i.vintage_order limit 1"
    ).fetchone() or ("", "")
    told = (
        "select outcome, failing_rows, message from marts.quality_result where check_name = 'archive.as_kept' "
        "order by checked_at desc limit 1"
    )
    assert night.execute(told).fetchone() == ("passed", 0, None)
    path = settings().archive_dir / sha256[:2] / sha256
    content = path.read_bytes()
    path.chmod(0o600)
    path.write_bytes(bytes([content[0] ^ 1]) + content[1:])
    record_archive_state(refresh_id)
    outcome, count, message = night.execute(told).fetchone() or ("", 0, "")
    assert (outcome, count) == ("failed", 1) and f"GENERATED_overall_total_2019-20.csv ({sha256[:12]})" in message
    path.write_bytes(content)
    record_archive_state(refresh_id)
    assert night.execute(told).fetchone() == ("passed", 0, None)


def run(connection: psycopg.Connection, statements: list[str]) -> None:
    """As somebody who may do everything, triggers off."""
    with connection.transaction():
        connection.execute("set local session_replication_role = replica")
        for statement in statements:
            connection.execute(statement.encode())


def test_no_figure_depends_on_how_a_server_sorts(night: psycopg.Connection) -> None:
    """Each model as a view, whose collations PostgreSQL has resolved: no order that shows is the server's."""
    compiled = settings().dbt_target_dir / "target" / "compiled" / "met_forward" / "models"
    models = {path.stem: path.read_text(encoding="utf-8") for path in compiled.rglob("*.sql")}
    assert len(models) > 200
    assert orders_by_a_servers_collation(night, models) == []
    wrong = "select max(name) as a, string_agg(distinct name, ',' order by name) as b from (values ('a')) as v (name)"
    right = "select string_agg(name, ',' order by name collate \"C\") as a from (values ('a')) as v (name)"
    assert len(orders_by_a_servers_collation(night, {"wrong": wrong, "right": right})) == 2


def some_missing() -> dict[str, set[str]]:
    """Which feeds there are, night by night: of any two, some night has the first without the second.

    Each feed has a four of the eight nights to itself. FEEDS=all has all of these, FEEDS=each every feed alone and
    every one missing, which takes an hour. Without it, there are only the nights of other tests: one of all feeds, one
    of a single one, one of none.
    """
    fours = random.Random(1).sample(list(combinations(range(NIGHTS), NIGHTS // 2)), len(FEEDS))
    nights = [{feed for feed, its in zip(FEEDS, fours, strict=True) if night in its} for night in range(NIGHTS)]
    asked = os.environ.get("FEEDS")
    if not asked:
        return {"FEEDS is not set": set()}
    if asked == "each":
        return {f"{feed} alone": {feed} for feed in FEEDS} | {f"no {feed}": {*FEEDS} - {feed} for feed in FEEDS}
    return {f"night {number}": feeds for number, feeds in enumerate(nights)}


@pytest.mark.parametrize("feeds", some_missing().values(), ids=some_missing())
def test_whatever_feeds_are_missing_the_others_are_published(
    night: psycopg.Connection, monkeypatch: pytest.MonkeyPatch, feeds: set[str]
) -> None:
    if not feeds:
        pytest.skip("FEEDS is not set (all, each): no night with some feeds missing was tried")
    there = ", ".join(f"'{feed}'" for feed in feeds)
    only = steps.BATCH_SET.replace("b.status = 'accepted'", f"b.dataset in ({there}) and b.status = 'accepted'")
    assert only != steps.BATCH_SET
    monkeypatch.setattr(steps, "BATCH_SET", only)
    report = steps.refresh(DAY)
    assert report and report.publication_id
    found = night.execute("select distinct dataset from audit.refresh_input as i inner join audit.publication as p "
                          "using (refresh_id) where p.publication_id = %s", [report.publication_id])  # fmt: skip
    assert {row[0] for row in found} == feeds
