"""Generated extracts of JSON documents: the plan holds the records as the publisher nests them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ingest.definition.dataset import Dataset
from ingest.readers.file_name import GENERATED_PREFIX


def document_extracts(plan: dict[str, Any], definition: Dataset, folder: Path) -> Iterator[tuple[Path, bytes]]:
    """Path and content of every extract of the plan: its `document` around the extract's `records`."""
    [layout] = definition.layouts
    for extract in plan["extracts"]:
        document = plan["document"] | {plan["records"]: extract["records"]}
        content = json.dumps(document, indent=1, ensure_ascii=False) + "\n"
        yield folder / f"{GENERATED_PREFIX}{layout.name}_{extract['label']}.json", content.encode("utf-8")
