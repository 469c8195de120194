"""Payments of public bodies through the pipeline: every real file, row by row and pound by pound."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal
from pathlib import Path

from ingest.definition.dataset import load_definitions
from ingest.pipeline import ingest_dataset
from ingest.readers import open_file
from ingest.readers.base import Quarantined, Record, Skipped
from warehouse.checks.gate import verify_pending

# Files, rows, pounds and credits of each body, as counted in the files themselves by other means than ours: the numbers
# in the column of amounts, without those of total rows.
AMOUNT = 2  # place of the field
BODIES = {
    "home_office_cards": (1, 872, "2097376.09", 0),
    "hyndburn_bc": (82, 25680, "151822106.13", 211),
    "lambeth": (2, 2082, "79593709.03", 0),
    "lancashire": (5, 35946, "353068869.80", 252),
    "lancashire_fra": (4, 14202, "71394751.84", 440),
    "oxford_city": (3, 8903, "37254644.34", 16),
}
LANCASHIRE = {
    "pcc-2018-19.xlsx": (7986, 7974, 12, "62208683.77", 67),
    "pcc-2019-20.xlsx": (7223, 7211, 12, "50267675.95", 2),
    "pcc-2020-21.xlsx": (5262, 5250, 12, "53401238.75", 41),
    "pcc-2022-23.xlsx": (7666, 7654, 12, "76228986.50", 52),
    "pcc-2024-25.xlsx": (7867, 7857, 10, "110962284.83", 90),
}


def test_the_generated_lists_are_accepted(warehouse: str) -> None:
    for dataset in ("spend_over_threshold", "contract_register_list"):
        ingest_dataset(dataset)
        assert {each.status for each in verify_pending(dataset)} == {"accepted"}


def test_every_real_list_of_payments(real_data: Path, national_data: Path) -> None:
    """Nothing is set aside; the one printed total (Lambeth's of August 2011, 41,146,090.89) is the sum of its rows."""
    definition = load_definitions()["spend_over_threshold"]
    bodies: dict[str, list[tuple[int, Decimal, int]]] = {}
    accounts: dict[str, tuple[int, int, int, Decimal, int]] = {}
    rules: Counter[str] = Counter()
    for root in (real_data, national_data):
        for path in sorted(
            path for folder in definition.inbox_folders for path in root.glob(f"procurement/{folder}/*/*")
        ):
            reading = open_file(path, definition, str(path.relative_to(root)))
            items = list(reading.items)
            amounts = [item.values[AMOUNT] for item in items if isinstance(item, Record)]
            skipped = Counter({item.rule: item.record_count for item in items if isinstance(item, Skipped)})
            figures = (len(amounts), sum(amounts, Decimal()), sum(amount < 0 for amount in amounts))
            bodies.setdefault(path.parent.name, []).append(figures)
            accounts[path.name] = (
                reading.records_read,
                figures[0],
                sum(item.record_count for item in items if isinstance(item, Skipped)),
                *figures[1:],
            )
            rules.update(item.rule for item in items if isinstance(item, Quarantined))
            rules["total"] += skipped["total"]
    assert rules == {"total": 1}
    assert {body: (len(found), *map(sum, zip(*found, strict=True))) for body, found in bodies.items()} == {
        body: (files, rows, Decimal(total), credits) for body, (files, rows, total, credits) in BODIES.items()
    }
    assert {name: accounts[name] for name in LANCASHIRE} == {
        name: (read, loaded, headers, Decimal(total), credits)
        for name, (read, loaded, headers, total, credits) in LANCASHIRE.items()
    }
