"""The address of somebody's own server: every client gets all of it, or it is refused, and no password is shown."""

from __future__ import annotations

from datetime import date

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict

from core import db
from core.address import environment, whole
from core.errors import WarehouseError
from core.server.embedded import EmbeddedServer
from core.settings import settings
from warehouse.checks.soda import ContractRunner
from warehouse.refresh import dbt_build

ODD = "p@ss:w/o%rd?#é &="
WRITTEN = "p%40ss%3Aw%2Fo%25rd%3F%23%C3%A9%20%26%3D"


@pytest.mark.parametrize(
    "address",
    [
        f"postgresql://ops:{WRITTEN}@h:5433/Ware%20h%C3%B3use?sslmode=require&sslrootcert=/a%20b/c.pem",
        f"postgres://ops:{WRITTEN}@h:5433/Ware%20h%C3%B3use?sslmode=require&sslrootcert=/a%20b/c.pem",
        f"postgresql+psycopg2://ops:{WRITTEN}@h:5433/Ware%20h%C3%B3use?sslmode=require&sslrootcert=/a%20b/c.pem",
        f"postgresql://h:5433/Ware%20h%C3%B3use?user=ops&password={WRITTEN}&sslmode=require&sslrootcert=/a%20b/c.pem",
    ],
)
def test_an_address_is_taken_whole(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WAREHOUSE_URL", address)
    said = {"host": "h", "port": "5433", "dbname": "Ware hóuse", "sslmode": "require", "sslrootcert": "/a b/c.pem"}
    assert conninfo_to_dict(settings().database_url or "") == {"user": "ops", "password": ODD, **said}
    # A role of ours takes the place of the administrator, wherever the address had named that one.
    assert conninfo_to_dict(db.address("gate", ODD)) == {"user": "gate", "password": ODD, **said}
    assert environment(db.address("gate", ODD)) == {"PGSSLMODE": "require", "PGSSLROOTCERT": "/a b/c.pem"}


@pytest.mark.parametrize(
    ("address", "words"),
    [
        (f"postgresql://ops:{WRITTEN}@a,b/d", "several hosts"),
        (f"postgresql://ops:{WRITTEN}@a/d?keepalives=0", "says keepalives"),
        (f"postgresql://ops:{WRITTEN}@a/d?service=x", "says service"),
        (f"postgresql://ops:{WRITTEN}@a", "names no database"),
        ("postgresql://ops:p@ss:w/o%rd@a/d", "no address"),
        (f"mysql://ops:{WRITTEN}@a/d", "no address"),
    ],
)
def test_what_some_client_could_not_be_told_is_refused(address: str, words: str) -> None:
    with pytest.raises(WarehouseError, match=words) as told:
        whole("WAREHOUSE_URL", address)
    shown = f"{told.value.message} {told.value.remedy} {told.value.__cause__} {told.value.__suppress_context__}"
    assert not [part for part in ("p@ss", "w/o", "rd@a", WRITTEN) if part in shown]


def test_a_socket_is_a_host() -> None:
    assert whole("X", "postgresql:///d?host=/run/pg&user=u") == "postgresql://u@/d?host=%2Frun%2Fpg"


def test_dbt_and_soda_have_the_same_parameters(
    server: EmbeddedServer, warehouse: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WAREHOUSE_URL", f"{server.admin_url(warehouse)}?options=-c%20geqo_seed%3D0.25&sslmode=disable")
    with dbt_build._environment("r", date(2024, 1, 1)), psycopg.connect(f"{server.admin_url(warehouse)}") as as_dbt:
        assert as_dbt.execute("show geqo_seed").fetchone() == ("0.25",)
    with ContractRunner() as runner:
        assert runner._source.execute_query("show geqo_seed").rows == [("0.25",)]
    with psycopg.connect(server.admin_url(warehouse)) as after:
        assert after.execute("show geqo_seed").fetchone() == ("0",)
