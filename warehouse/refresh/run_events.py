"""A refresh as events of OpenLineage: what went in, in which vintages, and where each published column comes from.

Two events a refresh, told when it is over: to a file, a line each, or to a server. Who keeps lineage elsewhere has it
from there; nothing here depends on them.
"""

from __future__ import annotations

import json
import logging
from collections import defaultdict
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, uuid5

import psycopg

from core import db
from core.settings import settings
from warehouse.publish.mart_catalogue import published_tables

SPEC = "https://openlineage.io/spec"
OURS = "urn:met-forward-warehouse"
JOB = {"namespace": "met-forward-warehouse", "name": "refresh"}
SECONDS = 10  # a server that takes longer does not hold the night up
REFRESH = """
    select r.status, r.message, r.started_at, coalesce(r.finished_at, clock_timestamp()), r.business_date,
        r.code_version, p.publication_id
    from audit.refresh as r
    left join audit.publication as p using (refresh_id)
    where r.refresh_id = %s
"""
INPUTS = """
    select i.dataset, i.vintage, i.batch_id, b.sha256, b.records_loaded
    from audit.refresh_input as i
    inner join audit.batch as b using (batch_id)
    where i.refresh_id = %s
    order by i.dataset, i.vintage_order
"""
OUTPUTS = """
    select schema_name, mart, row_count from audit.publication_mart where publication_id = %s and not is_retired
    order by schema_name, mart
"""
COLUMNS = """
    select schema_name, mart, column_name, source_relation, source_column, kind
    from audit.column_lineage
    where code_version = %s
    order by schema_name, mart, column_name, source_relation, source_column
"""
# The version of each facet's description.
FACETS = {
    "NominalTimeRunFacet": "1-0-1",
    "ErrorMessageRunFacet": "1-0-1",
    "SchemaDatasetFacet": "1-1-1",
    "DatasetVersionDatasetFacet": "1-0-1",
    "ColumnLineageDatasetFacet": "1-2-0",
    "OutputStatisticsOutputDatasetFacet": "1-0-2",
}
# What they call what becomes of a column.
TRANSFORMATIONS = {
    "copied": ("DIRECT", "IDENTITY"),
    "computed": ("DIRECT", "TRANSFORMATION"),
    "filtered": ("INDIRECT", "FILTER"),
    "joined": ("INDIRECT", "JOIN"),
    "grouped": ("INDIRECT", "GROUP_BY"),
}
Facet = dict[str, Any]
log = logging.getLogger(__name__)


def tell(refresh_id: str) -> None:
    """Tell the events of a refresh that is over, where the settings say to whom. Whoever does not hear is logged."""
    where = settings().lineage
    if not where:
        return
    import httpx  # most refreshes tell nobody

    with db.connect("auditor") as connection:
        events = run_events(connection, refresh_id)
    try:
        if where.startswith(("http://", "https://")):
            for event in events:
                httpx.post(where, json=event, timeout=SECONDS).raise_for_status()
        else:
            with Path(where).open("a", encoding="utf-8") as file:
                file.writelines(json.dumps(event, ensure_ascii=False) + "\n" for event in events)
    except (httpx.HTTPError, OSError) as error:
        log.warning("The events of refresh %s did not reach %s: %s", refresh_id, where, error)


def run_events(connection: psycopg.Connection, refresh_id: str) -> list[dict[str, Any]]:
    """Its beginning and its end, as the specification has them."""
    row = connection.execute(REFRESH, [refresh_id]).fetchone()
    assert row, f"there is no refresh {refresh_id}"
    status, message, started, finished, day, code, publication = row
    facets = {
        "nominalTime": _facet("NominalTimeRunFacet", nominalStartTime=f"{day}T00:00:00Z"),
        "metForward_refresh": _own("refresh", refresh=refresh_id, code=code, publication=publication),
    }
    run = {"runId": str(uuid5(NAMESPACE_URL, f"{OURS}:{connection.info.dbname}:{refresh_id}")), "facets": facets}
    begun = _event("START", started, code, run)
    if status not in ("published", "unchanged"):
        error = _facet("ErrorMessageRunFacet", message=message or status, programmingLanguage="SQL")
        failed = {**run, "facets": {**facets, "errorMessage": error}}
        return [begun, _event("FAIL", finished, code, failed, inputs=_inputs(connection, refresh_id))]
    outputs = _outputs(connection, publication, code) if publication else []
    done = _event("COMPLETE", finished, code, run, inputs=_inputs(connection, refresh_id), outputs=outputs)
    return [begun, done]


def _event(kind: str, at: datetime, code: str, run: dict[str, Any], **datasets: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "eventType": kind,
        "eventTime": at.isoformat(),
        "producer": f"{OURS}:{code}",
        "schemaURL": f"{SPEC}/2-0-2/OpenLineage.json#/$defs/RunEvent",
        "job": JOB,
        "run": run,
        "inputs": datasets.get("inputs", []),
        "outputs": datasets.get("outputs", []),
    }


def _inputs(connection: psycopg.Connection, refresh_id: str) -> list[dict[str, Any]]:
    vintages: defaultdict[str, list[dict[str, Any]]] = defaultdict(list)
    for dataset, *values in connection.execute(INPUTS, [refresh_id]):
        vintages[dataset].append(dict(zip(("vintage", "batch", "sha256", "rows"), values, strict=True)))
    return [
        {
            **_dataset(connection, "raw", dataset),
            "facets": {
                "version": _facet("DatasetVersionDatasetFacet", datasetVersion=batches[-1]["vintage"]),
                "metForward_vintages": _own("vintages", vintages=batches),
            },
        }
        for dataset, batches in vintages.items()
    ]


def _outputs(connection: psycopg.Connection, publication: int, code: str) -> list[dict[str, Any]]:
    behind: defaultdict[tuple[str, str], defaultdict[str, list[dict[str, Any]]]]
    behind = defaultdict(lambda: defaultdict(list))
    for schema, mart, column, relation, source, kind in connection.execute(COLUMNS, [code]):
        of, subtype = TRANSFORMATIONS[kind]
        origin = {**_dataset(connection, *relation.split(".", 1)), "field": source}
        behind[schema, mart][column].append({**origin, "transformations": [{"type": of, "subtype": subtype}]})
    tables = {(table.schema, table.name): table for table in published_tables(connection).values()}
    found = []
    for schema, mart, rows in connection.execute(OUTPUTS, [publication]).fetchall():
        columns = behind[schema, mart]
        fields = [
            {"name": column.name, "type": column.sql_type, "description": column.comment or ""}
            for column in (tables[schema, mart].columns if (schema, mart) in tables else ())
        ]
        lineage = _facet(
            "ColumnLineageDatasetFacet",
            fields={name: {"inputFields": sources} for name, sources in columns.items() if name != "*"},
            dataset=columns.get("*", []),
        )
        found.append(
            {
                **_dataset(connection, schema, mart),
                "facets": {
                    "schema": _facet("SchemaDatasetFacet", fields=fields),
                    "version": _facet("DatasetVersionDatasetFacet", datasetVersion=str(publication)),
                    "columnLineage": lineage,
                },
                "outputFacets": {"outputStatistics": _facet("OutputStatisticsOutputDatasetFacet", rowCount=rows)},
            }
        )
    return found


def _dataset(connection: psycopg.Connection, schema: str, table: str = "") -> dict[str, Any]:
    info = connection.info
    return {
        "namespace": f"postgres://{info.host}:{info.port}",
        "name": ".".join(filter(None, (info.dbname, schema, table))),
    }


def _facet(name: str, **values: Any) -> Facet:
    return {"_producer": OURS, "_schemaURL": f"{SPEC}/facets/{FACETS[name]}/{name}.json#/$defs/{name}", **values}


def _own(name: str, **values: Any) -> Facet:
    return {"_producer": OURS, "_schemaURL": f"{OURS}:facet:{name}", **values}
