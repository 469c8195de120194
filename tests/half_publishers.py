"""Publishers that show readers half a publication: the tests and `make faults MUTANT=...` have to catch each."""

from __future__ import annotations

import time
from collections.abc import Callable

import psycopg
from psycopg import sql

from warehouse.publish import publish as publisher
from warehouse.publish import write_difference

Patch = Callable[[object, str, object], None]  # monkeypatch.setattr, or setattr in a process that ends


def end_transaction(connection: psycopg.Connection, seconds: float) -> None:
    """Show what is written so far, for so long."""
    connection.execute("commit")
    time.sleep(seconds)
    connection.execute("begin")


def a_commit_a_mart(patch: Patch, seconds: float = 0) -> None:
    """Each mart is committed by itself."""

    def apply(connection: psycopg.Connection, *arguments: object) -> object:
        change = write_difference.apply(connection, *arguments)  # type: ignore[arg-type]
        end_transaction(connection, seconds)
        return change

    patch(publisher, "apply", apply)


def truncate_and_refill(patch: Patch, seconds: float = 0) -> None:
    """Each mart is emptied first."""

    def apply(connection: psycopg.Connection, candidate: object, mart: object, *arguments: object) -> object:
        connection.execute(sql.SQL("truncate {}").format(mart.identifier))  # type: ignore[attr-defined]
        return write_difference.apply(connection, candidate, mart, *arguments)  # type: ignore[arg-type]

    patch(publisher, "apply", apply)


def marts_before_number(patch: Patch, seconds: float = 0) -> None:
    """The marts are committed before the publication is recorded."""
    record = publisher._record

    def later(connection: psycopg.Connection, *arguments: object) -> None:
        end_transaction(connection, seconds)
        record(connection, *arguments)  # type: ignore[arg-type]

    patch(publisher, "_record", later)


MUTANTS = {each.__name__: each for each in (a_commit_a_mart, truncate_and_refill, marts_before_number)}
