"""What queries find, on the real engine, against a plain reading of each in Python."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from eduscope_server.query import words
from eduscope_server.query.errors import QueryError
from eduscope_server.query.expression import (
    All,
    AnyOf,
    Attribute,
    Column,
    Compare,
    Expression,
    Is,
    Not,
    Phrase,
    Present,
    StartsWith,
    WordPrefix,
    Words,
)
from eduscope_server.query.fields import LEVELS, LOGS
from eduscope_server.query.language import parse
from eduscope_server.query.scope import Scope
from eduscope_server.query.sql import Condition
from eduscope_server.store import Store

NOON = datetime(2026, 1, 31, 12, tzinfo=UTC)
Put = Callable[..., None]

RECORDS: list[dict[str, Any]] = [
    {
        "timestamp": NOON,
        "log_level": "info",
        "service_name": "courses",
        "tenant_id": "t1",
        "correlation_id": "corr-0001",
        "request_id": "r-1",
        "trace_id": "a" * 32,
        "message": "Quiz saved in course",
        "duration_ms": 12.5,
        "attributes": {"http.route": "/courses/{id}", "http.request.method": "PUT", "own.colour": "blue"},
        "measures": {"http.response.status_code": 200, "own.size": 7},
        "environment": "production",
    },
    {
        "timestamp": NOON + timedelta(seconds=1),
        "log_level": "error",
        "service_name": "courses",
        "tenant_id": "t1",
        "correlation_id": "corr-0002",
        "message": "Timeout: database did not answer in 500 ms (pool=main)",
        "duration_ms": 700,
        "attributes": {"exception.type": "PoolTimeout", "own.size": "7"},
        "measures": {"http.response.status_code": 503},
        "marks": ["clock_ahead", "redacted"],
    },
    {
        "timestamp": NOON + timedelta(seconds=2),
        "log_level": "warning",
        "service_name": "tutor",
        "tenant_id": "t2",
        "correlation_id": "corr%_0003",
        "message": "Modèle lent — 100% of the time_outs; it's O'Neill's \\ \"quote\"\ttab\nline",
        "measures": {"ai.latency_ms": 5000.25},
    },
    {"timestamp": NOON + timedelta(seconds=3), "log_level": "debug", "service_name": "tutor", "message": ""},
    {
        "timestamp": NOON + timedelta(seconds=4),
        "log_level": "critical",
        "service_name": "courses-api",
        "tenant_id": "t2",
        "user_id": "usr_k1_abcdefgh",
        "message": "TIMEOUT timeouts timed out",
        "duration_ms": 0,
        "attributes": {"http.route": "/a%b_c*", "ai.cache_hit": "true", "own.colour": "bluegreen"},
    },
]


@pytest.fixture
def find(clean_store: Store, put_logs: Put) -> Callable[[str | Expression], set[int]]:
    """Finds the records a query matches, as their places in RECORDS."""
    put_logs(*RECORDS)
    # A second part of the table: conditions have to mean the same in each.
    clean_store.command("OPTIMIZE TABLE eduscope.logs FINAL")

    def run(query: str | Expression) -> set[int]:
        expression = parse(query, LOGS) if isinstance(query, str) else query
        condition = Condition(LOGS).matching(expression)
        rows = clean_store.select(
            f"SELECT timestamp FROM eduscope.logs WHERE {condition.sql}", condition.parameters
        )
        return {(row["timestamp"] - NOON).seconds for row in rows}

    return run


EXPECTED = [
    ("", {0, 1, 2, 3, 4}),
    ("timeout", {1, 4}),
    ("TIMEOUT", {1, 4}),
    ("timeouts", {4}),
    ("time*", {1, 2, 4}),
    ("timed*", {4}),
    ("out", {4}),
    ("imeout", set()),
    ("imeout*", set()),
    ("time_outs", {2}),
    ("time-outs", set()),
    ("time_o*", {2}),
    ('"ime"', {1, 2, 4}),
    ('"TIMEOUT: DATABASE"', {1}),
    ('"database answer"', set()),
    ("database answer", {1}),
    ("500 ms", {1}),
    ("pool=main", {1}),
    ("100%", {2}),
    ('"100% of the time_outs"', {2}),
    ('"100_ of"', set()),
    ("modèle", {2}),
    ("mod", set()),
    ("mod*", {2}),
    (r'"O\'Neill"', set()),
    ("O'Neill's", {2}),
    (r'"\\ \"quote\""', {2}),
    ('"\ttab\n"', {2}),
    ("level:error", {1}),
    ("level:>=warning", {1, 2, 4}),
    ("level:<info", {3}),
    ("level:info..error", {0, 1, 2}),
    ("-level:error", {0, 2, 3, 4}),
    ("service:courses", {0, 1}),
    ("service:courses*", {0, 1, 4}),
    ("service:COURSES", set()),
    ("tenant:*", {0, 1, 2, 4}),
    ("-tenant:*", {3}),
    ('tenant:""', {3}),
    ("correlation:corr*", {0, 1, 2}),
    ("correlation:corr%*", {2}),
    ("correlation:corr_*", set()),
    ('correlation:"corr%_0003"', {2}),
    ("user:usr_k1_*", {4}),
    ("request:r-1", {0}),
    ("trace:" + "a" * 32, {0}),
    ("env:production", {0}),
    ("duration_ms:>500", {1}),
    ("duration_ms:<500", {0, 4}),
    ("-duration_ms:>500", {0, 2, 3, 4}),
    ("duration_ms:12.5", {0}),
    ("duration_ms:0..12.5", {0, 4}),
    ("duration_ms:*", {0, 1, 4}),
    ("-duration_ms:*", {2, 3}),
    ("http.response.status_code:>=500", {1}),
    ("http.response.status_code:200..299", {0}),
    ("-http.response.status_code:200", {1, 2, 3, 4}),
    ("http.response.status_code:<1000", {0, 1}),
    ("http.response.status_code:*", {0, 1}),
    ('http.route:"/courses/{id}"', {0}),
    ("http.route:/courses*", {0}),
    ('http.route:"/a%b_c*"', {4}),
    ("http.route:/a*", {4}),
    ("http.route:/axb*", set()),
    ("http.route:*", {0, 4}),
    ("-http.route:*", {1, 2, 3}),
    ("ai.latency_ms:>5000", {2}),
    ("own.size:7", {0, 1}),
    ("own.size:>=7", {0}),
    ("own.size:*", {0, 1}),
    ("own.size:5..10", {0}),
    ("own.colour:blue", {0}),
    ("own.colour:blue*", {0, 4}),
    ("nobody.has:this", set()),
    ("-nobody.has:this", {0, 1, 2, 3, 4}),
    ("ai.cache_hit:true", {4}),
    ("marks:redacted", {1}),
    ("marks:clock*", {1}),
    ("marks:*", {1}),
    ("timestamp:>2026-01-31T12:00:02Z", {3, 4}),
    ("timestamp:2026-01-31T12:00:02Z", {2}),
    ("timestamp:2026-01-31T12:00:01Z..2026-01-31T12:00:02Z", {1, 2}),
    ("service:courses OR service:tutor", {0, 1, 2, 3}),
    ("(service:courses OR service:tutor) -level:debug", {0, 1, 2}),
    ("NOT (level:error OR timeout)", {0, 2, 3}),
    ("level:error OR level:debug timeout", {1}),
    ("-timeout", {0, 2, 3}),
    ("-(timeout database)", {0, 2, 3, 4}),
    ("timeout -database", {4}),
]


def test_queries_find_exactly_their_records(find: Callable[[str], set[int]]) -> None:
    found = {query: find(query) for query, _ in EXPECTED}
    assert found == dict(EXPECTED)


def test_a_query_cannot_leave_its_place_in_the_statement(find: Callable[[str], set[int]]) -> None:
    attacks = [
        "x') OR 1=1 --",
        "' OR ''='",
        "\\' OR 1=1 --",
        "{p0:String}",
        "); DROP TABLE eduscope.logs; --",
    ]
    for attack in attacks:
        quoted = attack.replace("\\", "\\\\").replace('"', '\\"')
        for query in (f'"{quoted}"', f'service:"{quoted}"', f'own.key:"{quoted}"*', f'"{quoted}"*'):
            assert find(query) == set(), query
        assert find(f'-service:"{quoted}"') == {0, 1, 2, 3, 4}
    assert find("") == {0, 1, 2, 3, 4}


def test_a_scope_leaves_out_other_tenants_and_records_of_none(clean_store: Store, put_logs: Put) -> None:
    put_logs(*RECORDS)

    def tenants(scope: Scope) -> list[str]:
        condition = Condition(LOGS).seen_by(scope).matching(parse("service:* OR tenant:t1", LOGS))
        sql = f"SELECT tenant_id FROM eduscope.logs WHERE {condition.sql} ORDER BY timestamp"
        return [row["tenant_id"] for row in clean_store.select(sql, condition.parameters)]

    assert tenants(Scope(None)) == ["t1", "t1", "t2", "", "t2"]
    assert tenants(Scope(("t1",))) == ["t1", "t1"]
    assert tenants(Scope(("t1", "t2"))) == ["t1", "t1", "t2", "t2"]
    assert tenants(Scope(())) == []


WORDS = ["timeout", "time", "out", "database", "modèle", "100", "of", "o", "neill", "s", "saved", "quiz", "é"]
NAMES = ["level", "service", "tenant", "duration_ms", "own.size", "own.colour", "http.route", "marks", "user"]
VALUES = [
    "error",
    "courses",
    "t1",
    "7",
    ">7",
    "<=700",
    "0..20",
    "blue*",
    "*",
    '"/a%b_c*"',
    "usr_*",
    "redacted",
]
term = st.one_of(
    st.sampled_from(WORDS),
    st.sampled_from(WORDS).map(lambda word: word[:3] + "*"),
    st.sampled_from(['"of the"', '"O\'N"', '"saved in"', '"_"', '"%"', '""']),
    st.tuples(st.sampled_from(NAMES), st.sampled_from(VALUES)).map(":".join),
)
query = st.recursive(
    term,
    lambda inner: st.one_of(
        inner.map("-({})".format),
        st.lists(inner, min_size=2, max_size=3).map(" ".join),
        st.lists(inner, min_size=2, max_size=3).map(lambda parts: f"({' OR '.join(parts)})"),
    ),
    max_leaves=6,
)


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(query)
def test_the_engine_and_a_plain_reading_agree(find: Callable[[Expression], set[int]], text: str) -> None:
    try:
        expression = parse(text, LOGS)
    except QueryError:
        return
    expected = {place for place, record in enumerate(RECORDS) if holds(expression, record)}
    assert find(expression) == expected, text


def holds(expression: Expression, record: dict[str, Any]) -> bool:
    """Whether the expression holds for the record: the definition of each node, in plain Python."""
    message = words.lower(record.get("message", ""))
    match expression:
        case All(parts):
            return all(holds(part, record) for part in parts)
        case AnyOf(parts):
            return any(holds(part, record) for part in parts)
        case Not(part):
            return not holds(part, record)
        case Words(found):
            return set(found) <= set(re.split(r"[\x00-/:-@\[-`{-\x7f]+", message))
        case WordPrefix(prefix):
            return any(word.startswith(prefix) for word in words.split(message))
        case Phrase(text):
            return words.lower(text) in message
        case _:
            return field_holds(expression, record)


def field_holds(expression: Is | StartsWith | Present | Compare, record: dict[str, Any]) -> bool:
    """Whether a condition on one field holds for the record."""
    texts, number = values(expression.target, record)
    match expression:
        case Is(_, value):
            return value in texts or (not texts and value == "")
        case StartsWith(_, prefix):
            return any(text.startswith(prefix) for text in texts)
        case Present():
            return any(texts) or number is not None
        case Compare(_, operator, value):
            if number is None:
                return False
            assert isinstance(value, float | int)
            return {
                "=": number == value,
                "<": number < value,
                "<=": number <= value,
                ">": number > value,
                ">=": number >= value,
            }[operator]


def values(target: Column | Attribute, record: dict[str, Any]) -> tuple[list[str], float | None]:
    """The texts and the number the record has under a field."""
    if isinstance(target, Attribute):
        text = record.get("attributes", {}).get(target.key)
        return ([text] if text else [], record.get("measures", {}).get(target.key))
    value = record.get(target.name)
    if target.kind == "level":
        return ([], LEVELS[record["log_level"]])
    if target.kind == "list":
        return (value or [], None)
    if target.kind == "number":
        return ([], value)
    return ([value] if value else [], None)
