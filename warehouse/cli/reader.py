"""`warehouse reader`: logins of persons, each withdrawn by itself."""

from __future__ import annotations

from typing import Annotated

import typer

from core.errors import WarehouseError
from core.roles import EVERYBODY, PEOPLE
from warehouse.cli import screen

reader = typer.Typer(no_args_is_help=True, help="Logins of persons who read: add, remove, list.")

Name = Annotated[str, typer.Argument(help="The login, such as first.last.")]


@reader.command()
def add(
    name: Name,
    role: Annotated[str, typer.Option(help=f"What they read as: one of {', '.join(PEOPLE)}.")] = EVERYBODY,
) -> None:
    """Make a login of a person's own and print its address, once: the password is kept nowhere."""
    from warehouse.rights.logins import add

    if role not in PEOPLE:
        raise WarehouseError(f"{role!r} is no role for people.", remedy=f"Use one of {', '.join(PEOPLE)}.")
    print(add(name, role))


@reader.command()
def remove(name: Name) -> None:
    """Withdraw a person's login and end its sessions; nobody else notices."""
    from warehouse.rights.logins import remove

    ended = remove(name)
    screen.say(f"{name} can no longer sign in; {ended} sessions ended.")


@reader.command("list")
def list_() -> None:
    """Who may sign in to read, and as what."""
    from core import db
    from warehouse.rights.logins import logins

    with db.connect() as connection:
        rows = [(login.name, login.role, login.connections) for login in logins(connection)]
    screen.table(["login", "reads as", "connections at once"], rows, right=["connections at once"])
