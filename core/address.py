"""The address of somebody's own server, taken whole: every client gets all that it says, or it is refused."""

from __future__ import annotations

import re
from urllib.parse import quote, urlencode

from core.errors import WarehouseError

PLACE = ("user", "password", "host", "port", "dbname")
FORM = "postgresql://user:password@host:5432/database?sslmode=verify-full"


def whole(name: str, address: str) -> str:
    """The address of the setting `name` in the one form that all of our clients take; what it says stays.

    WarehouseError, which never shows the password, where it cannot be read or says what some client could not be told.
    """
    parts = parts_of(name, address)
    if "," in parts.get("host", ""):
        raise WarehouseError(f"{name} names several hosts.", remedy="Name the one that is written to: dbt takes one.")
    if not parts.get("host") or not parts.get("dbname"):
        raise WarehouseError(f"{name} names no {'database' if parts.get('host') else 'host'}.", remedy=f"Write {FORM}.")
    account = quote(parts.get("user", ""), safe="")
    if "password" in parts:
        account += f":{quote(parts['password'], safe='')}"
    more = {key: value for key, value in parts.items() if key not in PLACE}
    if parts["host"].startswith("/"):  # a socket's folder
        more = {"host": parts["host"], **more}
        host = ""
    else:
        host = f"[{parts['host']}]" if ":" in parts["host"] else parts["host"]
    port = f":{parts['port']}" if parts.get("port") else ""
    query = f"?{urlencode(more, quote_via=quote)}" if more else ""
    return f"postgresql://{account}@{host}{port}/{quote(parts['dbname'], safe='')}{query}"


def parts_of(name: str, address: str) -> dict[str, str]:
    """What an address says, by libpq's own names. WarehouseError where a client of ours could not be told all of it."""
    from psycopg import ProgrammingError
    from psycopg.conninfo import conninfo_to_dict

    try:
        parts = {
            key: str(value)
            for key, value in conninfo_to_dict(re.sub(r"^postgres(ql)?(\+\w+)?://", "postgresql://", address)).items()
        }
    except ProgrammingError:  # its words quote a part of the address, which may be one of the password
        raise WarehouseError(
            f"{name} is no address that PostgreSQL's clients can read.",
            remedy=f"Write {FORM}; odd characters of a password as %XX.",
        ) from None
    if unknown := sorted(parts.keys() - {*PLACE, *_told_by()}):
        raise WarehouseError(
            f"{name} says {', '.join(unknown)}, which dbt and Soda cannot be told.", remedy="Leave it out."
        )
    return parts


def environment(address: str) -> dict[str, str]:
    """What else than its place an address says, as libpq reads it from the environment: for clients that take less."""
    told = _told_by()
    return {told[key]: value for key, value in parts_of("The address", address).items() if key in told}


def _told_by() -> dict[str, str]:
    """The environment variable of each parameter that is neither a place nor another way to name one."""
    from psycopg import pq

    elsewhere = {*PLACE, "hostaddr", "service", "passfile"}
    return {
        each.keyword.decode(): each.envvar.decode()
        for each in pq.Conninfo.get_defaults()
        if each.envvar and each.keyword.decode() not in elsewhere
    }
