"""Where a query's result would change with the collation of the server: read from what PostgreSQL has made of it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

import psycopg

DEFAULT = "100"  # the database's own collation
TEXT_BELOW = ("664", "666")  # the operators < and > that text is sorted by
TEXT_COMPARED = ("664", "665", "666", "667")  # and <=, >=
TEXT_EXTREMES = ("2129", "2145")  # max(text), min(text)
COUNT = "2147"  # of distinct values: in whatever order
COLLATION = ("varcollid", "funccollid", "opcollid", "collOid", "constcollid", "casecollid", "coalescecollid",
             "minmaxcollid", "aggcollid", "wincollid", "resultcollid", "array_collid", "paramcollid")  # fmt: skip
TOKEN = re.compile(r'\\.|[(){}]|"(?:\\.|[^"\\])*"|(?:\\.|[^\s(){}\\])+')
Node = dict[str, Any]


def orders_by_a_servers_collation(admin: psycopg.Connection, queries: Mapping[str, str]) -> list[str]:
    """A line for each order of text in the queries that picks or joins values, and does not say by which collation."""
    found = []
    for name, query in queries.items():
        with admin.transaction(force_rollback=True):
            admin.execute(f"create temporary view looked_at as {query}".encode())
            row = admin.execute(
                "select ev_action::text from pg_rewrite where ev_class = 'pg_temp.looked_at'::regclass"
            ).fetchone()
        assert row is not None
        found += [f"{name}: {what}" for what in _of_node(_parsed(row[0]))]
    return found


def _of_node(node: Any, query: Node | None = None) -> Iterator[str]:
    if isinstance(node, list):
        for each in node:
            yield from _of_node(each, query)
    if not isinstance(node, dict):
        return
    query = node if node["is"] == "QUERY" else query
    for each in node.values():
        yield from _of_node(each, query)
    if node["is"] == "AGGREF":
        if node["aggfnoid"] in TEXT_EXTREMES and node["inputcollid"] == DEFAULT:
            yield f"max or min of {_named(node['args'], query)}"
        by = [*_list(node["aggorder"]), *_list(node["aggdistinct"])] if node["aggfnoid"] != COUNT else []
        yield from _sorted("aggregated", by, node["args"], query)
    is_comparison = node["is"] in ("OPEXPR", "SCALARARRAYOPEXPR") and node["opno"] in TEXT_COMPARED
    if is_comparison and node["inputcollid"] == DEFAULT:
        yield f"which comes first, {_named(node['args'], query)}"
    if node["is"] == "MINMAXEXPR" and node["inputcollid"] == DEFAULT:
        yield f"greatest or least of {_named(node['args'], query)}"
    if node["is"] == "QUERY":
        for window in _list(node["windowClause"]):
            yield from _sorted("a window", _list(window["orderClause"]), node["targetList"], query)
        if node["hasDistinctOn"] == "true" or isinstance(node["limitCount"], dict):
            # What a row is the first of its kind by; the kinds themselves may come in any order.
            kinds = {each["tleSortGroupRef"] for each in _list(node["distinctClause"])}
            by = [each for each in _list(node["sortClause"]) if each["tleSortGroupRef"] not in kinds]
            yield from _sorted("the first of", by, node["targetList"], query)


def _sorted(what: str, clauses: list[Node], targets: list[Node], query: Node | None) -> Iterator[str]:
    for clause in {each["tleSortGroupRef"]: each for each in clauses}.values():
        target = next(each for each in targets if each["ressortgroupref"] == clause["tleSortGroupRef"])
        collation = next((target["expr"][each] for each in COLLATION if each in target["expr"]), None)
        is_the_same_throughout = target["expr"]["is"] == "CONST"
        if clause["sortop"] in TEXT_BELOW and collation == DEFAULT and not is_the_same_throughout:
            yield f"{what}, by {_named([target], query)}"


def _list(found: Any) -> list[Any]:
    return found if isinstance(found, list) else []


def _named(targets: Any, query: Node | None) -> str:
    """The columns that stand there, else what kind of thing it is."""
    found = []
    for each in _list(targets):
        node = each.get("expr", each)
        while node["is"] == "RELABELTYPE":
            node = node["arg"]
        known = query["rtable"] if query else []
        is_column = node["is"] == "VAR" and node["varlevelsup"] == "0" and int(node["varno"]) <= len(known)
        columns = known[int(node["varno"]) - 1]["eref"]["colnames"] if is_column else []
        found.append(str(columns[int(node["varattno"]) - 1]).strip('"') if columns else node["is"].lower())
    return ", ".join(found)


def _parsed(text: str) -> Any:
    tokens = TOKEN.findall(text)
    value, at = _value(tokens, 0)
    assert at == len(tokens)
    return value


def _value(tokens: list[str], at: int) -> tuple[Any, int]:
    if tokens[at] == "(":
        items, at = [], at + 1
        while tokens[at] != ")":
            item, at = _value(tokens, at)
            items.append(item)
        return items, at + 1
    if tokens[at] != "{":
        return (None if tokens[at] == "<>" else tokens[at]), at + 1
    node, at = {"is": tokens[at + 1]}, at + 2
    while tokens[at] != "}":
        key, at = tokens[at].removeprefix(":"), at + 1
        values = []
        while tokens[at] != "}" and not tokens[at].startswith(":"):
            value, at = _value(tokens, at)
            values.append(value)
        node[key] = values[0] if len(values) == 1 else values
    return node, at + 1
