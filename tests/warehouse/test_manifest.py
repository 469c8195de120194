"""A publication proves itself by files alone: exported marts and manifests that were changed are told."""

from __future__ import annotations

import hashlib
import json
import shutil
import sys
from decimal import Decimal
from pathlib import Path

import psycopg
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from candidates import make_candidate, publish
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from core.errors import WarehouseError
from warehouse.cli import main
from warehouse.past.verify_manifests import verify_chain, verify_export
from warehouse.publish.manifest import folder, manifest_path
from warehouse.publish.publish import finish_last

APPLE, PEAR = {"name": "apple", "price_gbp": "1.10"}, {"name": "pear", "price_gbp": "3.00"}
# By hand, with sha256sum: 5:apple3:1.15:false and 4:pear1:35:false, sorted.
FRUIT = "c0504a14f4035fef3b588e2228f17339d8bd4dd021ad3eda5e4bd1d0a49168d0"


@pytest.fixture
def two(admin: psycopg.Connection) -> psycopg.Connection:
    """Two publications of one small mart."""
    make_candidate(admin)
    publish(admin, "r1")
    admin.execute("update candidate.fruit set price_gbp = 3.00 where name = 'pear'")
    publish(admin, "r2", "c2")
    return admin


def exported(path: Path, *rows: dict[str, str], publication: int = 2) -> Path:
    """The mart as Parquet, as `warehouse export` writes it."""
    prices = pa.array([Decimal(row["price_gbp"]) for row in rows], pa.decimal128(38, 2))
    about = {"mart": "fruit", "publication": str(publication)}
    table = pa.table({"name": [row["name"] for row in rows], "price_gbp": prices, "is_generated": [False] * len(rows)})
    pq.write_table(table.replace_schema_metadata(about), path)
    return path


def test_an_exported_mart_is_told_from_one_that_was_changed(two: psycopg.Connection, tmp_path: Path) -> None:
    manifest = json.loads(manifest_path(2).read_text())
    assert [(mart["mart"], mart["rows"], mart["sha256"]) for mart in manifest["marts"]] == [("fruit", 2, FRUIT)]
    assert verify_export(exported(tmp_path / "a.parquet", PEAR, APPLE), folder()) == ("fruit", 2, 2)
    for rows in ([PEAR, APPLE | {"price_gbp": "1.11"}], [PEAR], [PEAR, APPLE, APPLE], [APPLE, PEAR | {"name": "Pear"}]):
        with pytest.raises(WarehouseError, match="is not fruit as publication 2 had it"):
            verify_export(exported(tmp_path / "b.parquet", *rows), folder())
    with pytest.raises(WarehouseError, match="is not fruit as publication 1 had it"):
        verify_export(exported(tmp_path / "c.parquet", PEAR, APPLE, publication=1), folder())
    with pytest.raises(WarehouseError, match="knows fruit of publication 3"):
        verify_export(exported(tmp_path / "d.parquet", PEAR, APPLE, publication=3), folder())


def test_a_manifest_that_was_changed_or_went_is_told(two: psycopg.Connection) -> None:
    assert verify_chain(folder()) == [1, 2]
    first = manifest_path(1)
    content = first.read_text()
    first.chmod(0o600)
    first.write_text(content.replace('"rows": 2', '"rows": 3'))
    with pytest.raises(WarehouseError, match="is not the manifest that 000002"):
        verify_chain(folder())
    first.write_text(content)
    publish(two, "r3", "c3")
    manifest_path(2).unlink()
    with pytest.raises(WarehouseError, match=r"Between 000001.json and 000003.json there is no manifest"):
        verify_chain(folder())


def test_a_publication_that_was_killed_before_its_manifest_gets_it_later(two: psycopg.Connection) -> None:
    written = manifest_path(2).read_bytes()
    manifest_path(2).unlink()
    finish_last()
    assert manifest_path(2).read_bytes() == written


def test_a_signed_manifest_needs_no_other_to_be_proved(
    two: psycopg.Connection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    private = Ed25519PrivateKey.generate()
    key, public = tmp_path / "key.pem", tmp_path / "public.pem"
    key.write_bytes(private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    public.write_bytes(private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
    monkeypatch.setenv("WAREHOUSE_SIGNING_KEY", str(key))
    with pytest.raises(WarehouseError, match=r"^000002.json has no signature\."):
        verify_chain(folder(), key=public)
    finish_last()  # a key that came later, or a kill before the signature
    assert verify_chain(folder(), key=public) == [1, 2]
    publish(two, "r3", "c3")
    assert verify_chain(folder(), key=public) == [1, 2, 3]
    last = manifest_path(3)
    last.chmod(0o600)
    last.write_text(last.read_text().replace("2026-11-22", "2026-11-21"))
    assert verify_chain(folder()) == [1, 2, 3], "nothing follows it"
    with pytest.raises(WarehouseError, match=r"^000003.json is not what was signed\."):
        verify_chain(folder(), key=public)
    with pytest.raises(WarehouseError, match=r"cannot be read.*openssl genpkey"):
        verify_chain(folder(), key=key)


def test_an_auditor_needs_the_file_and_the_manifests_alone(
    two: psycopg.Connection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """As commands, to the end without a database: a line for what is right, a line for each thing that is not."""
    two.execute("create table candidate.veg (name text primary key, price_gbp numeric, is_generated boolean)")
    two.execute("insert into candidate.veg values ('kale', 1.50, false)")
    publish(two, "r3", "c3")
    file, other = tmp_path / "fruit.parquet", tmp_path / "veg.parquet"

    def warehouse(*arguments: object) -> str:
        monkeypatch.setattr(sys, "argv", ["warehouse", *map(str, arguments)])
        with pytest.raises(SystemExit):
            main()
        said = capsys.readouterr()
        return " ".join((said.out + said.err).split())

    warehouse("export", "fruit", "--parquet", file)
    warehouse("export", "veg", "--parquet", other)
    monkeypatch.setenv("WAREHOUSE_URL", "postgresql://nobody@127.0.0.1:1/nowhere")
    kept = tmp_path / "kept"
    shutil.copytree(folder(), kept)
    said = warehouse("publication", "verify", file, "--manifests", kept)
    assert f"{file.name} is fruit as publication 3 had it: 2 rows." in said
    last = hashlib.sha256((kept / "000003.json").read_bytes()).hexdigest()
    assert f"the last has the hash {last}" in said
    assert "3 manifests" in warehouse("publication", "verify", "--manifests", kept, "--noted", last[:12])

    table = pq.read_table(file)
    cheaper = pa.array([Decimal("1.10"), Decimal("2.99")], table.schema.field("price_gbp").type)
    pq.write_table(table.set_column(1, table.schema.field("price_gbp"), cheaper), file)
    assert "is not fruit as publication 3 had it: 2 rows of 2, sha256" in warehouse(
        "publication", "verify", file, "--manifests", kept
    )
    pq.write_table(table.slice(0, 1), file)
    assert "had it: 1 rows of 2" in warehouse("publication", "verify", file, "--manifests", kept)
    swapped = pq.read_table(other)
    pq.write_table(swapped.replace_schema_metadata({**swapped.schema.metadata, b"mart": b"fruit"}), other)
    assert "is not fruit as publication 3 had it: 1 rows of 2" in warehouse(
        "publication", "verify", other, "--manifests", kept
    )

    # Of the last manifest a day was changed: that is told by whoever has noted its hash down.
    manifest = kept / "000003.json"
    manifest.chmod(0o600)
    manifest.write_text(manifest.read_text().replace('"business_date": "2026-11-22"', '"business_date": "2026-11-21"'))
    assert "3 manifests" in warehouse("publication", "verify", "--manifests", kept)
    assert f"No manifest has the hash {last}" in warehouse(
        "publication", "verify", "--manifests", kept, "--noted", last
    )
    manifest.write_text("{")
    assert "000003.json is no manifest any more" in warehouse("publication", "verify", "--manifests", kept)
