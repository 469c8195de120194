"""The one exception that people are meant to read."""

# Said of a check that waits for another one, or for a model, to pass.
NOT_REACHED = "Not run: something that it builds on failed."


class WarehouseError(Exception):
    """Something a person can mend: what is wrong, in one line, and what to do about it.

    `message` names the file, row, column and rule as far as they are known; `remedy` says the next step.
    """

    def __init__(self, message: str, *, remedy: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy

    def __str__(self) -> str:
        return f"{self.message} Remedy: {self.remedy}" if self.remedy else self.message


class Overtaken(WarehouseError):
    """Another refresh took the place of this one: what this one would have published, that one has too."""
