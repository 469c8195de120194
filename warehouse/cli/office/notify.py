"""`warehouse notify` and `warehouse deadline`: telling whoever waits for the figures."""

from __future__ import annotations

from rich.markup import escape

from core.errors import WarehouseError
from core.settings import settings
from warehouse.cli import screen
from warehouse.export.read import reading
from warehouse.notify.deadline import judged
from warehouse.notify.message import Message, of_the_night
from warehouse.notify.send import send
from warehouse.report.state import read_state


def notify() -> None:
    """Send what there is to tell of the night; print it where nobody is to be told."""
    with reading() as connection:
        state = read_state(connection)
    if state is None:
        raise WarehouseError("Nothing has been published yet: there is nothing to tell.", remedy="`make run`.")
    _print(of_the_night(state))
    _send(of_the_night(state))


def deadline() -> int:
    """Print whether a refresh has ended well today; where none has, tell it, and exit with 1."""
    message = judged()
    _print(message)
    if message.is_good:
        return 0
    _send(message)
    return 1


def _print(message: Message) -> None:
    screen.say(f"[bold]{escape(message.subject)}[/]")
    screen.say(escape(message.body))


def _send(message: Message) -> None:
    if not settings().notify:
        screen.say("Sent to nobody: WAREHOUSE_NOTIFY names no address.")
        return
    screen.say(f"Sent to {send(message)} of {len(settings().notify)} addresses.")
