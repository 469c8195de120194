"""Sending a message to the addresses of WAREHOUSE_NOTIFY: mail, Teams, Slack and whatever else apprise knows."""

from __future__ import annotations

from core.errors import WarehouseError
from core.settings import settings
from warehouse.notify.message import Message


def send(message: Message) -> int:
    """Send it to every address; how many there are. WarehouseError where one of them could not be reached."""
    addresses = settings().notify
    if not addresses:
        return 0
    import apprise

    kind = apprise.NotifyType.SUCCESS if message.is_good else apprise.NotifyType.WARNING
    failed = []
    for number, address in enumerate(addresses, start=1):
        to = apprise.Apprise()
        # An address holds a password or a token: it is named by its place in the setting.
        if not to.add(address) or not to.notify(body=message.body, title=message.subject, notify_type=kind):
            failed.append(str(number))
    if failed:
        raise WarehouseError(
            f"The message {message.subject!r} did not go out to address {', '.join(failed)} of WAREHOUSE_NOTIFY.",
            remedy="Correct the address (apprise's notation), or see whether the machine reaches it.",
        )
    return len(addresses)
