"""The command line. `start` is what `warehouse` starts."""

from warehouse.cli.app import main, start

__all__ = ["main", "start"]
