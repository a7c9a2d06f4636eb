"""The plan of a slow query, on request: EXPLAIN without ANALYZE, so nothing runs twice, and told without values.

PostgreSQL's plan is read as JSON and only what is named here is told; the conditions in it lose their literals.
"""

import json
import time
from collections.abc import Iterable, Mapping
from typing import Any

from eduscope.database.literals import without_literals
from eduscope.database.statement import CACHED_MAX, read

PLAN_MAX_CHARS = 4096
NODES_MAX = 200

INTERVAL_SECONDS = 60.0
"""A plan of one statement is asked for at most this often: planning is work for a database that is slow already."""

EXPLAINED = frozenset({"SELECT", "INSERT", "UPDATE", "DELETE", "MERGE"})

PREFIXES = {"postgresql": "EXPLAIN (FORMAT JSON) ", "sqlite": "EXPLAIN QUERY PLAN "}

_NAMES = ("Relation Name", "Index Name", "Join Type", "Strategy")
_CONDITIONS = (
    "Index Cond",
    "Recheck Cond",
    "Hash Cond",
    "Merge Cond",
    "Join Filter",
    "Filter",
    "Sort Key",
    "Group Key",
)


class PlanTimes:
    """When the plan of which statement was taken last."""

    def __init__(self) -> None:
        self._taken: dict[str, float] = {}

    def take(self, text: str) -> bool:
        """Whether a plan is due; notes that it is taken."""
        now = time.monotonic()
        last = self._taken.get(text)
        if last is not None and now - last < INTERVAL_SECONDS:
            return False
        if len(self._taken) >= CACHED_MAX:
            self._taken.clear()
        self._taken[text] = now
        return True


def explaining(statement: str, system: str) -> str:
    """The statement that asks for the plan; nothing where there is none to ask for."""
    prefix = PREFIXES.get(system, "")
    return prefix + statement if prefix and read(statement, system).operation in EXPLAINED else ""


def taken(cursor: Any, asked: str, params: Any, system: str, *, guarded: bool) -> str:
    """The outline of a plan, asked with a cursor of DB-API that is closed then; nothing where it is refused.

    `guarded`: inside a savepoint, so that a refusal does not end the host's transaction.
    """
    try:
        if guarded:
            cursor.execute("SAVEPOINT eduscope_plan")
        cursor.execute(asked, params)
        lines = outline(cursor.fetchall(), system)
        if guarded:
            cursor.execute("RELEASE SAVEPOINT eduscope_plan")
    except Exception:  # noqa: BLE001 - a plan is a favour
        if guarded:
            cursor.execute("ROLLBACK TO SAVEPOINT eduscope_plan")
        return ""
    finally:
        cursor.close()
    return lines


def outline(rows: Iterable[Any], system: str) -> str:
    """The answer to EXPLAIN as lines without values, at most `PLAN_MAX_CHARS`; nothing where it cannot be read."""
    if system == "sqlite":
        lines = [_without_values(str(row[-1]), system) for row in rows]
    else:
        first = next(iter(rows), None)
        found = first[0] if first is not None else None
        plans = json.loads(found) if isinstance(found, str) else found
        lines = [line for plan in plans or [] for line in _lines(plan["Plan"], depth=0)]
    return "\n".join(lines[:NODES_MAX])[:PLAN_MAX_CHARS]


def _lines(node: Mapping[str, Any], depth: int) -> Iterable[str]:
    """One line per node, the deeper the further in: `Seq Scan people (rows 9, cost 12.5) Filter: (name = ?)`."""
    names = " ".join(str(node[name]) for name in _NAMES if name in node)
    numbers = f"(rows {node.get('Plan Rows', '?')}, cost {node.get('Total Cost', '?')})"
    conditions = [f"{name}: {_condition(node[name])}" for name in _CONDITIONS if name in node]
    yield " " * depth + " ".join(filter(None, (str(node.get("Node Type", "?")), names, numbers, *conditions)))
    if depth < 20:
        for inner in node.get("Plans", ()):
            yield from _lines(inner, depth + 1)


def _condition(value: object) -> str:
    texts = value if isinstance(value, list) else [value]
    return ", ".join(_without_values(str(text), "postgresql") for text in texts)


def _without_values(text: str, system: str) -> str:
    return without_literals(text[:PLAN_MAX_CHARS], system)
