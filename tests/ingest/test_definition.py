"""A definition says everything or is refused with one clear line."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.errors import WarehouseError
from ingest.definition.dataset import DEFINITIONS, Dataset, load_definitions

SHIPPED = (DEFINITIONS / "mps_borough_crime.yml").read_text(encoding="utf-8")


def load(folder: Path, text: str) -> dict[str, Dataset]:
    (folder / "mps_borough_crime.yml").write_text(text, encoding="utf-8")
    return load_definitions(folder)


def test_every_shipped_definition_loads_and_knows_the_four_headers() -> None:
    definition = load_definitions()["mps_borough_crime"]

    assert [layout.name for layout in definition.layouts] == [
        "borough_major_minor",
        "major_minor_lookup_borough",
        "major_minor_borough",
        "group_subgroup_bocu",
    ]
    assert (definition.tolerance, definition.expected_every_days) == (0, 31)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("tolerance: 0\n", "tolerance: 0\nspeed: 3\n", "key speed: Extra inputs are not permitted."),
        ("licence: Open Government Licence v3.0\n", "", "key licence: Field required."),
        ("tolerance: 0\n", "tolerance: 2\n", "key tolerance: Input should be less than 1."),
        ("type: date", "type: day", "key fields.3.type: Input should be 'text', 'integer', 'decimal', 'coordinate'"),
        ("minimum: 0", "maximum: 9", "key fields.offence_count: wide_months knows no rule of a value but its minimum."),
        ("month_field: month", "month_field: period", "key reader: there is no field period."),
        ("value_field: offence_count", "value_field: month", "key reader: month must be a required"),
        ("      BOCU: area_name\n", "", "key layouts.group_subgroup_bocu: must give each of area_name"),
        ("offence_subgroup, month]\n\nlayouts", "offence_subgroup]\n\nlayouts", "key key: must hold the month"),
        (
            "      BoroughName: area_name",
            "      LookUp_BoroughName: area_name",
            "layouts: ('LookUp_BoroughName', 'MajorText'",
        ),
        ("domain: crime", "domain: crime\ndomain: grants", "key YAML: domain stands there twice"),
        ("dataset: mps_borough_crime", "dataset: other", "key dataset: 'other' is not the name of the file."),
        ("reader:\n", "reader: [\n", "key YAML: "),
        (SHIPPED, "- a list", "key (all): Input should be a valid dictionary"),
    ],
)
def test_a_broken_definition_is_one_line_with_file_key_rule_and_remedy(
    tmp_path: Path, old: str, new: str, message: str
) -> None:
    assert old in SHIPPED

    with pytest.raises(WarehouseError) as caught:
        load(tmp_path, SHIPPED.replace(old, new, 1))

    assert caught.value.message.startswith("Definition mps_borough_crime.yml, ")
    assert message in caught.value.message
    assert "\n" not in str(caught.value)
    assert "mps_borough_crime.yml" in caught.value.remedy


def test_hash_changes_with_the_content_and_not_with_comments_or_order(tmp_path: Path) -> None:
    def hash_of(text: str) -> str:
        return load(tmp_path, text)["mps_borough_crime"].definition_hash

    shipped = hash_of(SHIPPED)
    assert hash_of("# another comment\n" + SHIPPED) == shipped
    moved = SHIPPED.replace("domain: crime\n", "") + "\ndomain: crime\n"
    assert hash_of(moved) == shipped
    kept = SHIPPED.replace("personal: none\n", "keep_years: 3\n")
    assert kept != SHIPPED and hash_of(kept) == shipped
    group, borough = "      Group: offence_group\n", "      BOCU: area_name\n"
    assert hash_of(SHIPPED.replace(group, "").replace(borough, borough + group)) == shipped
    assert hash_of(SHIPPED.replace("tolerance: 0\n", "tolerance: 0.1\n")) != shipped
    assert hash_of(SHIPPED.replace("minimum: 0", "minimum: 1")) != shipped
