"""What may go wrong at an address: for good, or so that asking again helps."""

from __future__ import annotations

from core.errors import WarehouseError


class FetchFailed(WarehouseError):
    """The address gave no data, and asking again in this run will not help."""


class NotThere(FetchFailed):
    """There is nothing at the address: not yet, or no longer."""


class NotOurs(FetchFailed):
    """The publisher leads on to where nothing of a publisher's is: within our network, or in the open."""


class TryLater(Exception):
    """The address gave no data this time. `after` is how many seconds the publisher asks us to wait."""

    def __init__(self, reason: str, after: float = 0) -> None:
        super().__init__(reason)
        self.after = after
