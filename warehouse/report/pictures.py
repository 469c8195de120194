"""Pictures that were drawn before, by what they were drawn from: only what changed is drawn again."""

from __future__ import annotations

import hashlib
import json
from importlib.metadata import version
from pathlib import Path
from typing import Any

import vl_convert


class Pictures:
    """A folder of drawn pictures, each named by the hash of its specification and of the drawing program's version."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.drawn = 0
        self._asked: set[str] = set()

    def svg(self, specification: dict[str, Any]) -> str:
        """The picture of a Vega-Lite specification."""
        text = json.dumps([version("vl-convert-python"), specification], sort_keys=True)
        path = self.folder / f"{hashlib.sha256(text.encode()).hexdigest()}.svg"
        self._asked.add(path.name)
        if path.exists():
            return path.read_text(encoding="utf-8")
        found: str = vl_convert.vegalite_to_svg(specification)
        self.drawn += 1
        self.folder.mkdir(parents=True, exist_ok=True)
        draft = path.with_suffix(".draft")
        draft.write_text(found, encoding="utf-8")
        draft.replace(path)
        return found

    def forget_others(self) -> None:
        """Remove the pictures that nobody has asked for."""
        for path in self.folder.glob("*.svg"):
            if path.name not in self._asked:
                path.unlink()
