"""Text that others chose (names of files, published values), so that it can do nothing where it is shown."""

from __future__ import annotations

import unicodedata

UNUSUAL = ("Cc", "Cf", "Cs", "Zl", "Zp")  # kinds of characters that steer a terminal or hide what a text says


def is_unusual(text: str) -> bool:
    """Whether the text holds a character that is not shown."""
    return not text.isprintable() and any(unicodedata.category(character) in UNUSUAL for character in text)


def visible(text: str, keep: str = "") -> str:
    """The text with what steers a terminal, or hides, written out; but for the characters of `keep`."""
    if not is_unusual(text):
        return text
    return "".join(
        character
        if character in keep or unicodedata.category(character) not in UNUSUAL
        else character.encode("unicode_escape").decode()
        for character in text
    )
