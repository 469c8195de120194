"""`warehouse url --for`: what Excel, Power BI and Superset ask for, field by field."""

from __future__ import annotations

import socket
from urllib.parse import unquote, urlsplit

from rich.markup import escape

from core import db
from core.errors import WarehouseError
from warehouse.cli import screen

LOOPBACK = ("127.0.0.1", "localhost", "::1")
# Where each tool asks, and what it has to be told besides server, database, user and password.
TOOLS = {
    "excel": (
        "Data > Get Data > From Database > From PostgreSQL Database (needs the Npgsql driver once)",
        {"Credentials": "the tab Database, not Windows", "Navigator": "the schema marts; each table says its grain"},
    ),
    "powerbi": (
        "Get data > PostgreSQL database",
        {
            "Data connectivity mode": "Import; a refresh after 06:00 has the night's figures",
            "Credentials": "the tab Database, not Windows",
            "Navigator": "the schema marts; its foreign keys become relationships",
        },
    ),
    "superset": ("Settings > Database connections > + Database > PostgreSQL", {"Schema": "marts"}),
}


def show(tool: str, role: str) -> None:
    """Print the fields that the tool asks for; never more than a reader may."""
    if tool not in TOOLS:
        raise WarehouseError(f"There is no word on connecting {tool!r}.", remedy=f"Use one of {', '.join(TOOLS)}.")
    where, more = TOOLS[tool]
    address = urlsplit(db.url(role))
    host, port = address.hostname or "", address.port or 5432
    fields = {
        "Server": f"{host}:{port}",
        "Database": unquote(address.path.lstrip("/")),
        "User name": unquote(address.username or ""),
        "Password": unquote(address.password or ""),
    }
    if tool == "superset":
        fields = {"Host": host, "Port": str(port), **{name: fields[name] for name in list(fields)[1:]}}
        fields["SQLAlchemy URI"] = db.url(role).replace("postgresql://", "postgresql+psycopg2://", 1)
    screen.say(f"[bold]{escape(where)}[/]")
    for name, value in (fields | more).items():
        screen.say(f"  {name + ':':<24}{escape(value)}")
    if host in LOOPBACK:
        screen.say("\nThe server listens on this machine only, without TLS: say no to an encrypted connection.")
        screen.say("From a second machine, keep a tunnel open and use the fields above:")
        screen.say(f"  ssh -N -L {port}:127.0.0.1:{port} <you>@{escape(socket.gethostname())}")
    else:
        screen.say(f"\nA second machine uses the same fields, where {escape(host)} lets it in.")
    screen.say("For a login of one's own, which can be taken away alone: `warehouse reader add first.last`.")
