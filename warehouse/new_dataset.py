"""A new dataset from one of its files: definition, contract, source, staging model, generated extract, to be completed.

What a file cannot tell is left as TODO, for a person. The extract's figures are made up: nothing of the file is in it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from core.errors import WarehouseError
from core.settings import PROJECT_DIR
from ingest.definition.dataset import Dataset, FieldRule, load_definitions
from ingest.extracts.rows import row_extracts
from ingest.propose.draft import propose_new

EXTRACT_ROWS = 3
FIRST_DAY = date(2024, 1, 1)
SOURCE_LIST = "dbt_project/models/staging/_sources.yml"
NEXT_SOURCE = "\n  - name: audit\n"
CONTRACT = """\
# TODO: what one file is, and what its rows are.
owner: {publisher}
remedy: Compare the file with the publication's page and ask the publisher; the last good file stands meanwhile.
"""
SOURCE = """\
      - name: {dataset}
        description: One row per {key} of a file of {dataset}.
"""
STAGING = """\
with feed as (

    {{{{ this_refresh('{dataset}') }}}}

),

final as (

    select
        feed.source_dataset,
        feed.source_vintage,
        feed.vintage_order,
        feed.coverage,
        feed.is_generated,
{columns}
    from feed

)

select * from final
"""
MODEL = """\
models:
  - name: {model}
    description: One row per file and {key}, for the batches of this refresh.
"""
PLAN = "# Made-up rows in the publication's format.\n"


def new_dataset(
    file: Path, domain: str, name: str | None = None, publisher: str | None = None, project: Path | None = None
) -> list[Path]:
    """Write everything that a dataset like this file needs; the paths of what was written, within the project.

    WarehouseError, before anything is written, where the file cannot be drafted or something of it is there already.
    """
    project = project or PROJECT_DIR
    definition, text = _definition(file, domain, name, publisher)
    written = dict(_texts(definition, text)) | dict(_extract(definition))
    sources = project / SOURCE_LIST
    listed = sources.read_text(encoding="utf-8")
    taken = [path for path in written if (project / path).exists()]
    if taken or definition.dataset in load_definitions() or f"name: {definition.dataset}\n" in listed:
        what = taken[0] if taken else f"the dataset {definition.dataset}"
        raise WarehouseError(f"There is {what} already.", remedy="Give the new dataset another --name.")
    for path, content in written.items():
        (project / path).parent.mkdir(parents=True, exist_ok=True)
        (project / path).write_bytes(content)
    entry = SOURCE.format(dataset=definition.dataset, key=_key(definition))
    sources.write_text(listed.replace(NEXT_SOURCE, entry + NEXT_SOURCE, 1), encoding="utf-8")
    return [*written, Path(SOURCE_LIST)]


def _definition(file: Path, domain: str, name: str | None, publisher: str | None) -> tuple[Dataset, str]:
    text = propose_new(file)
    given = {"domain": domain, "dataset": name, "publisher": publisher}
    for key, value in given.items():
        if value:
            line = re.search(rf"^{key}: .*$", text, flags=re.MULTILINE)
            assert line, f"a draft has a line {key}"
            text = text.replace(line[0], f"{key}: {value}", 1)
    try:
        return Dataset.model_validate(yaml.safe_load(text)), text
    except ValidationError as error:
        raise WarehouseError(
            f"{file.name}: no definition can be made of it alone: {error.errors()[0]['msg']}.",
            remedy="`warehouse dataset propose <file>` prints the draft; complete it by hand as CONTRIBUTING.md says.",
        ) from error


def _texts(definition: Dataset, text: str) -> Iterator[tuple[Path, bytes]]:
    dataset, model = definition.dataset, f"stg_{definition.domain}__{definition.dataset}"
    staging = Path("dbt_project/models/staging") / definition.domain
    columns = ",\n".join(f"        feed.{rule.name}" for rule in definition.fields)
    yield Path(f"ingest/definitions/{dataset}.yml"), text.encode()
    yield Path(f"quality_checks/raw/{dataset}.yml"), CONTRACT.format(publisher=definition.publisher).encode()
    yield staging / f"{model}.sql", STAGING.format(dataset=dataset, columns=columns).encode()
    yield staging / f"_{dataset}.yml", MODEL.format(model=model, key=_key(definition)).encode()


def _extract(definition: Dataset) -> Iterator[tuple[Path, bytes]]:
    rows = [{rule.name: _made_up(rule, number) for rule in definition.fields} for number in range(1, EXTRACT_ROWS + 1)]
    plan: dict[str, Any] = {
        "extracts": [{"layout": layout.name, "label": "made_up", "rows": rows} for layout in definition.layouts]
    }
    folder = Path("ingest/generated")
    text = PLAN + yaml.safe_dump(plan, sort_keys=False, allow_unicode=True, default_flow_style=None, width=120)
    yield folder / f"{definition.dataset}.yml", text.encode()
    yield from row_extracts(plan, definition, folder / definition.domain / definition.dataset)


def _made_up(rule: FieldRule, number: int) -> str | int | float:
    day = FIRST_DAY + timedelta(days=31 * number)
    made: dict[str, str | int | float] = {
        "text": f"Made up {number}",
        "integer": number,
        "decimal": number + 0.5,
        "date": day.isoformat(),
        "month": f"{day:%Y-%m}",
        "moment": f"{day.isoformat()}T12:00:00Z",
        "financial_year": f"{2020 + number}/{21 + number}",
    }
    return made[rule.type]


def _key(definition: Dataset) -> str:
    return ", ".join(definition.key).replace("_", " ") or "event"
