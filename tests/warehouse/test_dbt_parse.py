"""A kept parse serves the code that it was made from, and no other."""

from __future__ import annotations

from pathlib import Path

from warehouse.refresh.dbt_parse import PARSE, keep_parse_of_this_code


def test_a_parse_goes_with_its_code(tmp_path: Path) -> None:
    model = tmp_path / "dbt_project" / "model.sql"
    model.parent.mkdir()
    model.write_text("select 1")
    target = tmp_path / "target"
    assert not keep_parse_of_this_code(target, tmp_path)
    (target / PARSE).write_bytes(b"parsed")
    assert keep_parse_of_this_code(target, tmp_path)

    model.write_text("select 2")
    assert not keep_parse_of_this_code(target, tmp_path)
    assert not (target / PARSE).exists()
