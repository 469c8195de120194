"""The command line. `main` is what `warehouse` starts."""

from warehouse.cli.app import main

__all__ = ["main"]
