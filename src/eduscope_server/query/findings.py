"""Reads what was found in the records: by kind, service and field, over time, and what nobody declared."""

import asyncio
from datetime import datetime, timedelta
from typing import Any

import msgspec

from eduscope.contract import FieldClass
from eduscope_server.query.histogram import interval_seconds
from eduscope_server.query.scope import Scope
from eduscope_server.query.statement import statement
from eduscope_server.query.times import Window
from eduscope_server.store import Store

LISTED_MAX = 500
STEPS = 60

_NUMBER_WORDS = ("count", "size", "bytes", "_ms", "seconds", "ratio", "score", "percent")
_PERSON_WORDS = ("user", "student", "teacher", "parent", "email", "name", "phone", "person")
_PROSE_WORDS = ("text", "message", "comment", "answer", "prompt", "question", "feedback", "note", "body")
_LABEL_VALUES_MAX = 20


class Finding(msgspec.Struct, frozen=True):
    """How often a kind was found in a field of a service. `field` is empty where it concerns the whole record."""

    kind: str
    service_name: str
    field: str
    count: int
    last_seen: datetime


class Step(msgspec.Struct, frozen=True):
    """How much of each kind was found from `start` on, for one step."""

    start: datetime
    counts: dict[str, int]


class Findings(msgspec.Struct, frozen=True):
    """Everything found in a time, the most frequent first, and its course in steps without gaps."""

    findings: list[Finding]
    interval_seconds: int
    course: list[Step]


class Undeclared(msgspec.Struct, frozen=True):
    """A name that nobody declared. `different` is how many values one minute had at most."""

    name: str
    services: list[str]
    count: int
    different: int
    first_seen: datetime
    last_seen: datetime
    suggested_class: str


async def read_findings(
    store: Store, *, window: Window, scope: Scope, service: str = "", tenant: str = ""
) -> Findings:
    """What was found. A minute is counted once it is over, so the last one or two are not in it yet."""
    step = max(60, interval_seconds(window, STEPS))
    first = int(window.start.timestamp()) // step * step
    asked = _parameters(window, scope, service, tenant)
    rows, steps = await asyncio.gather(
        store.fetch(_sql("findings"), asked | {"limit": LISTED_MAX}),
        store.fetch(_sql("course"), asked | {"step": step}),
    )
    counts: dict[int, dict[str, int]] = {}
    for row in steps:
        counts.setdefault(row["slot"] * step, {})[row["kind"]] = row["count"]
    zone = window.start.tzinfo
    course = [
        Step(datetime.fromtimestamp(at, zone), counts.get(at, {}))
        for at in range(first, int(window.end.timestamp()) + 1, step)
    ]
    return Findings([Finding(**row) for row in rows], step, course)


async def read_undeclared(
    store: Store, *, window: Window, scope: Scope, service: str = "", tenant: str = ""
) -> list[Undeclared]:
    """The names nobody declared, the most frequent first, each with the class it looks like."""
    rows = await store.fetch(
        _sql("undeclared"), _parameters(window, scope, service, tenant) | {"limit": LISTED_MAX}
    )
    return [
        Undeclared(**row, suggested_class=suggested_class(row["name"], row["count"], row["different"]))
        for row in rows
    ]


def suggested_class(name: str, count: int, different: int) -> str:
    """The class a field most likely has, by its name and by how many values it takes; a person decides."""
    last = name.rpartition(".")[2]
    if any(word in last for word in _PROSE_WORDS):
        return FieldClass.PROSE
    if any(word in last for word in _PERSON_WORDS):
        return FieldClass.TOKEN
    if last.endswith(("id", "key", "hash", "version")):
        return FieldClass.IDENTIFIER
    if any(word in last for word in _NUMBER_WORDS):
        return FieldClass.MEASURE
    return FieldClass.LABEL if different <= max(_LABEL_VALUES_MAX, count // 100) else FieldClass.IDENTIFIER


def _sql(name: str) -> str:
    return statement("findings.sql", name)


def _parameters(window: Window, scope: Scope, service: str, tenant: str) -> dict[str, Any]:
    return {
        "from": window.start.replace(second=0, microsecond=0),
        "to": window.end + timedelta(minutes=1),
        "service": service,
        "tenant": tenant,
        "everything": scope.tenants is None,
        "tenants": list(scope.tenants or ()),
    }
