"""Two hundred mutations of real files, drawn by number before the checks that meet them were written.

What can happen to a file between its publisher and us: cut, doubled, rows or columns moved, header cells swapped,
months and decimals shifted, another encoding or currency, bytes that are noise. Each is a function of a file's bytes
and a random generator; it gives None where the file has nothing to be changed that way.
"""

from __future__ import annotations

import csv
import io
import json
import random
import re
import zipfile
from collections.abc import Callable, Container, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

HOW_MANY = 200
Change = Callable[[bytes, random.Random], bytes | None]
NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?")
# Dates as the files write them: month (and year, where December moves it) by a month.
MONTH = re.compile(r"([0-9]{4})-(0[1-9]|1[0-2])")
SHORT_MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]

# Files by dataset, more than once where they are many: how often each is drawn.
BOROUGH, STREET, CTR = "crime/mps_borough_crime/", "crime/police_uk_street/", "grants/council_tax_requirement/"
FILES = (
    *(("mps_borough_crime", BOROUGH + name) for name in (
        "V1_201701-201812/MPS Borough Level Crime (most recent 24 months).csv",
        "V2_202202-202401/FEB2022-FEB2024.csv",
        "V3_202211-202410/MPS Borough Level Crime (most recent 24 months).csv",
    )),
    ("mps_ward_crime", "crime/mps_ward_crime/W2_202304-202503/MPS Ward Level Crime (most recent 24 months).csv"),
    ("police_uk_street", STREET + "2018-12-city-of-london-street.csv"),
    ("police_uk_street", STREET + "2019-08-city-of-london-street.csv"),
    ("police_uk_outcomes", "crime/police_uk_outcomes_met_burglary_only/2019-05-metropolitan-outcomes.csv"),
    ("police_uk_stop_and_search", "crime/police_uk_stop_and_search/2018-04-city-of-london-stop-and-search.csv"),
    *(("police_grant", "grants/police_grant/police-grant-2025-26.csv") for _ in range(2)),
    *(("council_tax_requirement", CTR + f"ctr_{year}.xlsx") for year in (1617, 1819, 1920, 2021)),
    ("population", "reference/population/housing-density-borough.csv"),
    ("population", "reference/population/census2021-ts007a-ltla.csv"),
    ("lookups", "reference/lookups/LAD_to_CSP_to_PFA_December_2016_Lookup_in_England_and_Wales.csv"),
    *(("public_attitude_survey", f"survey/public_attitude_survey/{name}.csv") for name in (
        "pas_dataset_boroughs", "public-perception-data",
    )),
    ("mps_strength", "workforce/mps_strength/Police_Force_Strength.csv"),
    *(("home_office_workforce", f"workforce/home_office_workforce/police-workforce-{name}-tables.ods") for name in (
        "sep18", "sep18",
    )),
    ("home_office_workforce", "workforce/home_office_workforce/police-workforce-tables-jan17.ods"),
    ("nhs_estate_return_trust", "estates/nhs_estate_returns/ERIC-2014-15.csv"),
    ("estate_location_list", "estates/location_lists/lambeth/schools.csv"),
    *(("contracts_finder", f"procurement/ocds_releases/contracts_finder_2020/ocds-b5fd17raw-{name}.json") for name in (
        "3227e9c8-1e7c-487f-ac15-416a1264e925", "35911480-72c2-494d-80a9-7ebdcf6cfe56",
        "46f35718-d827-4699-b56e-88b2ed6a3138",
    )),
)  # fmt: skip


@dataclass(frozen=True)
class Mutation:
    """One of them: which file, and what is done to it."""

    number: int
    dataset: str
    file: str
    kind: str
    content: bytes

    @property
    def name(self) -> str:
        """For a list that people read."""
        return f"{self.number:03d} {self.kind} {self.dataset} {Path(self.file).name}"


def mutations(root: Path, datasets: Container[str] | None = None) -> Iterator[Mutation]:
    """Those of the files beneath the root; with `datasets`, of theirs alone."""
    for number in range(HOW_MANY):
        chance = random.Random(number)
        dataset, file = chance.choice(FILES)
        if datasets is not None and dataset not in datasets:
            continue
        original = (root / file).read_bytes()
        kinds = list(KINDS[Path(file).suffix.lower()].items())
        chance.shuffle(kinds)
        for kind, change in kinds:
            content = change(original, chance)
            if content not in (None, original):
                yield Mutation(number, dataset, file, kind, content)
                break


# Of bytes, whatever the format.
def cut_anywhere(content: bytes, chance: random.Random) -> bytes:
    return content[: chance.randrange(len(content) // 4, len(content) - 1)]


def random_bytes(content: bytes, chance: random.Random) -> bytes:
    at = chance.randrange(len(content) - 8)
    return content[:at] + chance.randbytes(8) + content[at + 8 :]


def doubled(content: bytes, _chance: random.Random) -> bytes:
    return content + content


def other_encoding(content: bytes, chance: random.Random) -> bytes | None:
    try:
        return content.decode("utf-8-sig").encode(chance.choice(["utf-16", "cp500"]))
    except UnicodeError:
        return None


# Of lines.
def cut_at_a_line_end(content: bytes, chance: random.Random) -> bytes:
    lines = content.splitlines(keepends=True)
    return b"".join(lines[: chance.randrange(len(lines) // 4 + 1, len(lines) - 1)])


def last_row_missing(content: bytes, _chance: random.Random) -> bytes:
    return b"".join(content.splitlines(keepends=True)[:-1])


def row_missing(content: bytes, chance: random.Random) -> bytes:
    lines = content.splitlines(keepends=True)
    del lines[chance.randrange(len(lines) // 3, len(lines) - 1)]
    return b"".join(lines)


def row_doubled(content: bytes, chance: random.Random) -> bytes:
    lines = content.splitlines(keepends=True)
    at = chance.randrange(len(lines) // 3, len(lines))
    return b"".join([*lines[:at], lines[at], *lines[at:]])


# Of cells.
Table = list[list[str]]


def of_cells(change: Callable[[Table, int, random.Random], bool | None]) -> Change:
    """Such a change of a delimited file; the change is given the rows from the header on."""

    def changed(content: bytes, chance: random.Random) -> bytes | None:
        try:
            text = content.decode("utf-8-sig")
        except UnicodeDecodeError:
            text = content.decode("cp1252")
        delimiter = "$" if text.count("$") > text.count(",") else ","
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
        head = next(at for at, row in enumerate(rows) if len(list(filter(str.strip, row))) > 1 and row[0][:1] != "#")
        if change(rows, head, chance) is False:
            return None
        out = io.StringIO()
        csv.writer(out, delimiter=delimiter, lineterminator="\n").writerows(rows)
        return out.getvalue().encode()

    return changed


def _number_columns(rows: Table, head: int) -> list[int]:
    body = rows[head + 1 :]
    return [
        at
        for at in range(len(rows[head]))
        if sum(NUMBER.fullmatch(row[at]) is not None for row in body if at < len(row)) > 0.6 * len(body)
        and not re.search("code|north|east|uprn|id$", rows[head][at].lower())
    ]


def header_cells_swapped(rows: Table, head: int, chance: random.Random) -> None:
    one, other = chance.sample(range(len(rows[head])), 2)
    rows[head][one], rows[head][other] = rows[head][other], rows[head][one]


def number_header_cells_swapped(rows: Table, head: int, chance: random.Random) -> bool:
    columns = _number_columns(rows, head)
    if len(columns) < 2:
        return False
    one, other = chance.sample(columns, 2)
    rows[head][one], rows[head][other] = rows[head][other], rows[head][one]
    return True


def column_a_row_down(rows: Table, head: int, chance: random.Random) -> bool:
    columns = _number_columns(rows, head)
    if not columns:
        return False
    at, body = chance.choice(columns), rows[head + 1 :]
    values = [row[at] for row in body]
    for row, value in zip(body, [values[-1], *values[:-1]], strict=True):
        row[at] = value
    return True


def row_a_month_along(rows: Table, head: int, chance: random.Random) -> bool:
    """In a table of months, the figures of one row a column along; else the cells of a row's numbers."""
    columns = _number_columns(rows, head)
    if len(columns) < 2:
        return False
    row = rows[chance.randrange(head + 1, len(rows))]
    values = [row[at] for at in columns]
    for at, value in zip(columns, [values[-1], *values[:-1]], strict=True):
        row[at] = value
    return True


def _times(by: int) -> Callable[[Table, int, random.Random], bool]:
    def changed(rows: Table, head: int, chance: random.Random) -> bool:
        columns = _number_columns(rows, head)[:40]
        cells = [(row, at) for row in rows[head + 1 :] for at in columns if row[at].strip("0.")]
        if not cells:
            return False
        row, at = chance.choice(cells)
        row[at] = _scaled(row[at], by)
        return True

    return changed


def column_hundredth(rows: Table, head: int, chance: random.Random) -> bool:
    columns = _number_columns(rows, head)
    if not columns:
        return False
    at = chance.choice(columns)
    for row in rows[head + 1 :]:
        if NUMBER.fullmatch(row[at]):
            row[at] = _scaled(row[at], -2)
    return True


def _scaled(text: str, power: int) -> str:
    found = f"{float(text) * 10.0**power:.10f}".rstrip("0").rstrip(".")
    return found or "0"


def months_along(rows: Table, head: int, _chance: random.Random) -> bool:
    """Every month a month later: in the header, or in the column of dates."""
    if sum(re.fullmatch("[0-9]{6}", name) is not None for name in rows[head]) > 2:
        rows[head] = [_next_yyyymm(name) if re.fullmatch("[0-9]{6}", name) else name for name in rows[head]]
        return True
    found = False
    for row in rows[head + 1 :]:
        for at, cell in enumerate(row):
            if (later := _a_month_later(cell)) != cell:
                row[at], found = later, True
                break
    return found


def year_along(rows: Table, head: int, _chance: random.Random) -> bool:
    """The year that the lines above the header say."""
    before = [list(row) for row in rows[:head]]
    for row in rows[:head]:
        row[:] = [re.sub("20([0-9]{2})-([0-9]{2})", lambda m: f"20{int(m[1]) - 1}-{int(m[2]) - 1}", c) for c in row]
    return rows[:head] != before


def _next_yyyymm(name: str) -> str:
    return f"{int(name) + (89 if name.endswith('12') else 1)}"


def _a_month_later(cell: str) -> str:
    if match := re.match(MONTH, cell):
        year, month = int(match[1]), int(match[2])
        return f"{year + month // 12}-{month % 12 + 1:02d}" + cell[match.end() :]
    if cell[:3] in SHORT_MONTHS and cell[3:4] == "-":
        at = SHORT_MONTHS.index(cell[:3])
        return f"{SHORT_MONTHS[(at + 1) % 12]}-{int(cell[4:]) + at // 11:02d}"
    return cell


def decimal_commas(rows: Table, head: int, _chance: random.Random) -> bool:
    found = False
    for row in rows[head + 1 :]:
        for at, cell in enumerate(row):
            if re.fullmatch(r"-?[0-9]+\.[0-9]+", cell):
                row[at], found = cell.replace(".", ","), True
    return found


def another_force(rows: Table, head: int, _chance: random.Random) -> bool:
    """The name of another body in every row that has this one's."""
    names = {"City of London Police": "Surrey Police", "Metropolitan Police Service": "Surrey Police"}
    found = False
    for row in rows[head + 1 :]:
        for at, cell in enumerate(row):
            if cell in names:
                row[at], found = names[cell], True
    return found


def euros(rows: Table, head: int, chance: random.Random) -> bool:
    """Amounts in another currency, at 1.17 to the pound, as a program converts a whole column."""
    columns = [at for at in _number_columns(rows, head) if re.search("gbp|£|cost|grant", rows[head][at].lower())]
    if not columns:
        return False
    at = chance.choice(columns)
    for row in rows[head + 1 :]:
        if NUMBER.fullmatch(row[at]):
            row[at] = f"{float(row[at]) * 1.17:.0f}"
    return True


# Of the parts of a workbook.
def of_sheet(part: str, change: Callable[[str, random.Random], str | None]) -> Change:
    """Such a change of the largest part of that name."""

    def changed(content: bytes, chance: random.Random) -> bytes | None:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            parts = {name: packed.read(name) for name in packed.namelist()}
        name = max((name for name in parts if re.fullmatch(part, name)), key=lambda name: len(parts[name]))
        text = change(parts[name].decode(), chance)
        if text is None:
            return None
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
            for each, whole in parts.items():
                packed.writestr(each, text.encode() if each == name else whole)
        return out.getvalue()

    return changed


XLSX_ROW, ODS_ROW = (
    re.compile(r"<row [^>]*>.*?</row>", re.S),
    re.compile(r"<table:table-row[^>]*>.*?</table:table-row>", re.S),
)
XLSX_CELL = re.compile(
    r'(<c r="[A-Z]+[0-9]+"(?: s="[0-9]+")?>(?:<f[^>]*>[^<]*</f>|<f[^>]*/>)?<v>)(-?[0-9]+\.?[0-9]*)(</v></c>)'
)
ODS_CELL = re.compile(r'(office:value-type="float"[^>]*office:value=")([0-9.]+)(")')
CELLS = {"xlsx": (XLSX_ROW, XLSX_CELL), "ods": (ODS_ROW, ODS_CELL)}
Numbers = list[re.Match[str]]


def _rows_of_figures(text: str, kind: str) -> list[tuple[re.Match[str], Numbers]]:
    row, cell = CELLS[kind]
    found = [(match, list(cell.finditer(match[0]))) for match in row.finditer(text)]
    return [(match, numbers) for match, numbers in found if len([n for n in numbers if float(n[2]) > 1]) > 1]


def figure_times(kind: str, power: int) -> Callable[[str, random.Random], str]:
    def changed(text: str, chance: random.Random) -> str:
        row, numbers = chance.choice(_rows_of_figures(text, kind))
        number = chance.choice([n for n in numbers if float(n[2]) > 1])
        at = row.start() + number.start(2)
        return text[:at] + _scaled(number[2], power) + text[at + len(number[2]) :]

    return changed


def figures_swapped(kind: str) -> Callable[[str, random.Random], str]:
    """Two figures of one row change places."""

    def changed(text: str, chance: random.Random) -> str:
        row, numbers = chance.choice(_rows_of_figures(text, kind))
        first, second = sorted(chance.sample(numbers, 2), key=lambda n: n.start())
        whole = row[0]
        whole = (
            whole[: first.start(2)]
            + second[2]
            + whole[first.end(2) : second.start(2)]
            + first[2]
            + whole[second.end(2) :]
        )
        return text[: row.start()] + whole + text[row.end() :]

    return changed


def sheet_row_missing(kind: str) -> Callable[[str, random.Random], str]:
    def changed(text: str, chance: random.Random) -> str:
        row, _ = chance.choice(_rows_of_figures(text, kind))
        return text[: row.start()] + text[row.end() :]

    return changed


def rows_exchanged(kind: str) -> Callable[[str, random.Random], str]:
    """Two rows' first figures change places."""

    def changed(text: str, chance: random.Random) -> str:
        (row, one), (later, other) = sorted(
            chance.sample(_rows_of_figures(text, kind), 2), key=lambda found: found[0].start()
        )
        a, b = row.start() + one[0].start(2), later.start() + other[0].start(2)
        return text[:a] + other[0][2] + text[a + len(one[0][2]) : b] + one[0][2] + text[b + len(other[0][2]) :]

    return changed


def years_along(text: str, _chance: random.Random) -> str | None:
    """Every financial year of the workbook's texts one later; in a table of days, every year."""
    later = re.sub(r">20([0-9]{2})-([0-9]{2})<", lambda m: f">20{int(m[1]) + 1:02d}-{int(m[2]) + 1:02d}<", text)
    if later == text:
        later = re.sub(
            r"(3[01](?:<[^>]*>)* ?(?:March|September)(?:<[^>]*>| )*)20([0-9]{2})",
            lambda m: f"{m[1]}20{int(m[2]) - 1}",
            text,
        )
    return None if later == text else later


# Of a document.
def of_document(change: Callable[[dict[str, Any], random.Random], bool | None]) -> Change:
    """Such a change of the document's releases."""

    def changed(content: bytes, chance: random.Random) -> bytes | None:
        document = json.loads(content)
        return None if change(document, chance) is False else json.dumps(document, indent=1).encode()

    return changed


def _amounts(node: Any) -> Iterator[dict[str, Any]]:
    if isinstance(node, dict):
        if isinstance(node.get("amount"), int | float) and node["amount"]:
            yield node
        for value in node.values():
            yield from _amounts(value)
    elif isinstance(node, list):
        for value in node:
            yield from _amounts(value)


def _amount_times(by: float) -> Callable[[dict[str, Any], random.Random], bool]:
    def changed(document: dict[str, Any], chance: random.Random) -> bool:
        amounts = list(_amounts(document))
        if not amounts:
            return False
        amount = chance.choice(amounts)
        amount["amount"] = amount["amount"] * by
        return True

    return changed


def other_currency(document: dict[str, Any], _chance: random.Random) -> bool:
    amounts = [amount for amount in _amounts(document) if amount.get("currency") == "GBP"]
    for amount in amounts:
        amount["currency"] = "EUR"
    return bool(amounts)


def other_publisher(document: dict[str, Any], _chance: random.Random) -> None:
    """Notices of Find a Tender, in a file of Contracts Finder."""
    for release in document["releases"]:
        release["ocid"] = re.sub("^ocds-[a-z0-9]{6}", "ocds-h6vhtk", release["ocid"])


def dates_along(document: dict[str, Any], _chance: random.Random) -> None:
    for release in document["releases"]:
        release["date"] = _a_month_later(release["date"])


def release_doubled(document: dict[str, Any], _chance: random.Random) -> None:
    document["releases"].append(document["releases"][0])


def supplier_missing(document: dict[str, Any], _chance: random.Random) -> bool:
    found = [award for release in document["releases"] for award in release.get("awards", []) if award.get("suppliers")]
    for award in found:
        award["suppliers"].pop()
    return bool(found)


ANYTHING: dict[str, Change] = {"cut_anywhere": cut_anywhere, "random_bytes": random_bytes, "doubled": doubled}
XLSX, ODS = r"xl/worksheets/sheet[0-9]+\.xml", r"content\.xml"


def _workbook(kind: str, part: str, texts: str) -> dict[str, Change]:
    return {
        **ANYTHING,
        "figure_hundredth": of_sheet(part, figure_times(kind, -2)),
        "figure_hundredfold": of_sheet(part, figure_times(kind, 2)),
        "figures_swapped": of_sheet(part, figures_swapped(kind)),
        "row_missing": of_sheet(part, sheet_row_missing(kind)),
        "rows_exchanged": of_sheet(part, rows_exchanged(kind)),
        "years_along": of_sheet(texts, years_along),
    }


KINDS: dict[str, dict[str, Change]] = {
    ".csv": {
        **ANYTHING,
        "other_encoding": other_encoding,
        "cut_at_a_line_end": cut_at_a_line_end,
        "last_row_missing": last_row_missing,
        "row_missing": row_missing,
        "row_doubled": row_doubled,
        "header_cells_swapped": of_cells(header_cells_swapped),
        "number_header_cells_swapped": of_cells(number_header_cells_swapped),
        "column_a_row_down": of_cells(column_a_row_down),
        "row_a_month_along": of_cells(row_a_month_along),
        "figure_hundredth": of_cells(_times(-2)),
        "figure_hundredfold": of_cells(_times(2)),
        "column_hundredth": of_cells(column_hundredth),
        "months_along": of_cells(months_along),
        "year_along": of_cells(year_along),
        "decimal_commas": of_cells(decimal_commas),
        "another_force": of_cells(another_force),
        "euros": of_cells(euros),
    },
    ".xlsx": _workbook("xlsx", XLSX, r"xl/sharedStrings\.xml"),
    ".ods": _workbook("ods", ODS, ODS),
    ".json": {
        **ANYTHING,
        "other_encoding": other_encoding,
        "amount_hundredth": of_document(_amount_times(0.01)),
        "amount_hundredfold": of_document(_amount_times(100)),
        "other_currency": of_document(other_currency),
        "other_publisher": of_document(other_publisher),
        "dates_along": of_document(dates_along),
        "release_doubled": of_document(release_doubled),
        "supplier_missing": of_document(supplier_missing),
    },
}
