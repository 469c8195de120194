"""The night in a few lines: what readers see, what changed, what is late, who mends it and how."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from warehouse.report.state import LONDON, Feed, State
from warehouse.report.words import count, day, listed

MOST_NAMED = 5


@dataclass(frozen=True)
class Message:
    """What is sent. `is_good` is false where somebody should do something about the publication."""

    subject: str
    body: str
    is_good: bool


def of_the_night(state: State) -> Message:
    """What to tell of the publication that readers see now."""
    late, waiting = state.feeds_that_are("stale"), state.feeds_that_are("failing")
    lines = []
    if state.note:
        subject = f"Not published: readers keep the figures of {day(state.business_date)}"
        lines.append(state.note.rstrip(".") + ".")
        lines += [
            f"- {check['message'] or check['check_name']}. Who mends it: {check['owner'] or 'the data engineer'}. "
            f"{check['remedy'] or ''}".rstrip()
            for check in state.failing
            if check["severity"] == "fail"
        ][:MOST_NAMED]
        lines.append("`warehouse checks failing` shows each, with its rows.")
    elif state.published_at.date() < datetime.now(LONDON).date():
        subject = f"Nothing new: the figures of {day(state.business_date)} stand"
        lines.append(f"Nothing came that changes publication {state.number}.")
    else:
        subject = f"Published: {day(state.business_date)}"
        marts = len(state.changes)
        changed = f"{count(state.changed_rows)} rows changed" + (f" in {marts} tables" if marts else "")
        lines.append(f"Publication {state.number} at {state.published_at:%H:%M}: {changed}.")
        subject += f", {count(state.changed_rows)} rows changed"
        if late:
            subject += f", {len(late)} feed{'' if len(late) == 1 else 's'} late"
    if state.is_generated:
        lines.insert(0, "GENERATED DATA: no publisher said any of it.")
    lines += [
        f"- {feed.name} waits for a good file: {str(feed.row['status_reason']).rstrip('.')}. "
        f"Who sends it: {feed.row['publisher']}. "
        "`warehouse checks failing` says how to settle it."
        for feed in waiting[:MOST_NAMED]
    ]
    if late:
        lines.append(f"Late: {_named(late)}. The figures made of them are as old as their last release.")
    return Message(subject, "\n".join(lines), is_good=not state.note)


def _named(feeds: list[Feed]) -> str:
    names = [f"{feed.name} ({feed.row['publisher']})" for feed in feeds[:MOST_NAMED]]
    return listed([*names, f"{len(feeds) - MOST_NAMED} more"] if len(feeds) > MOST_NAMED else names)
