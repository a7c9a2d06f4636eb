"""The search language: what each form means, and what an unreadable query is told."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eduscope_server.query.errors import QueryError
from eduscope_server.query.expression import (
    EVERYTHING,
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
from eduscope_server.query.fields import LOGS, SPANS
from eduscope_server.query.language import MAX_DEPTH, MAX_QUERY_CHARACTERS, MAX_TERMS, parse
from eduscope_server.query.scope import Scope
from eduscope_server.query.sql import Condition

LEVEL = Column("log_level", "level")
DURATION = Column("duration_ms", "number")
SERVICE = Column("service_name", "text")
ROUTE = Attribute("http.route", "text")
STATUS = Attribute("http.response.status_code", "number")


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", EVERYTHING),
        ("  \t ", EVERYTHING),
        ("*", EVERYTHING),
        ("timeout", Words(("timeout",))),
        ("TimeOut", Words(("timeout",))),
        ("db timeout", All((Words(("db",)), Words(("timeout",))))),
        ("db AND timeout", All((Words(("db",)), Words(("timeout",))))),
        ("time*", WordPrefix("time")),
        ("time-out", All((Words(("time", "out")), Phrase("time-out")))),
        ('"exact words"', Phrase("exact words")),
        (r'"say \"hi\" \\o"', Phrase(r'say "hi" \o')),
        ("---", Not(Not(Phrase("-")))),
        ("https://a.example/b", All((Words(("https", "a", "example", "b")), Phrase("https://a.example/b")))),
        ("12:30", All((Words(("12", "30")), Phrase("12:30")))),
        ("level:error", Compare(LEVEL, "=", 4)),
        ("level:WARN", Compare(LEVEL, "=", 3)),
        ("level:>=warning", Compare(LEVEL, ">=", 3)),
        ("level:info..error", All((Compare(LEVEL, ">=", 2), Compare(LEVEL, "<=", 4)))),
        ("service:courses", Is(SERVICE, "courses")),
        ("service_name:courses", Is(SERVICE, "courses")),
        ("tenant:t1", Is(Column("tenant_id", "text"), "t1")),
        ("user:usr_k1_abc", Is(Column("user_id", "text"), "usr_k1_abc")),
        ("correlation:abc*", StartsWith(Column("correlation_id", "text"), "abc")),
        ("correlation:a..b", Is(Column("correlation_id", "text"), "a..b")),
        ("trace:*", Present(Column("trace_id", "text"))),
        ("env:production", Is(Column("environment", "text"), "production")),
        ("duration_ms:>500", Compare(DURATION, ">", 500.0)),
        ("duration_ms:<=.5", Compare(DURATION, "<=", 0.5)),
        ("duration_ms:>-1e3", Compare(DURATION, ">", -1000.0)),
        ("duration_ms:100..500", All((Compare(DURATION, ">=", 100.0), Compare(DURATION, "<=", 500.0)))),
        ("duration_ms:100..", Compare(DURATION, ">=", 100.0)),
        ('http.route:"/courses/{id}"', Is(ROUTE, "/courses/{id}")),
        ("http.route:/courses/{id}", Is(ROUTE, "/courses/{id}")),
        ('http.route:"/a b"*', StartsWith(ROUTE, "/a b")),
        ("http.response.status_code:500", Compare(STATUS, "=", 500.0)),
        ("http.response.status_code:>=500", Compare(STATUS, ">=", 500.0)),
        ("own.key:blue", Is(Attribute("own.key", "undeclared"), "blue")),
        (
            "own.key:7",
            AnyOf(
                (
                    Is(Attribute("own.key", "undeclared"), "7"),
                    Compare(Attribute("own.key", "number"), "=", 7.0),
                )
            ),
        ),
        ("own.key:>7", Compare(Attribute("own.key", "undeclared"), ">", 7.0)),
        ("own.key:1..2.txt", Is(Attribute("own.key", "undeclared"), "1..2.txt")),
        ("marks:clock*", StartsWith(Column("marks", "list"), "clock")),
        ("-level:debug", Not(Compare(LEVEL, "=", 1))),
        ("NOT a", Not(Words(("a",)))),
        ("a OR b c", AnyOf((Words(("a",)), All((Words(("b",)), Words(("c",))))))),
        ("(a OR b) c", All((AnyOf((Words(("a",)), Words(("b",)))), Words(("c",))))),
        ("-(a b)", Not(All((Words(("a",)), Words(("b",)))))),
        ('"OR"', Phrase("OR")),
        ("or and not", All((Words(("or",)), Words(("and",)), Words(("not",))))),
        ("foo(bar)", All((Words(("foo",)), Words(("bar",))))),
        ('message:"Grade saved"', Is(Column("message", "text"), "Grade saved")),
    ],
)
def test_reads(query: str, expected: Expression) -> None:
    assert parse(query, LOGS) == expected


def test_times_are_compared_in_utc() -> None:
    expression = parse("timestamp:>=2026-01-31T08:00:00+02:00", LOGS)
    assert isinstance(expression, Compare)
    assert str(expression.value) == "2026-01-31 06:00:00+00:00"


@pytest.mark.parametrize(
    ("query", "position", "message", "hint"),
    [
        ("level:", 6, "has no value", "level:*"),
        ("level: error", 6, "has no value", "without a space"),
        ("level:>", 7, "has no value", "level:>500"),
        ("level:(a OR b)", 6, "has no value", "(level:a OR level:b)"),
        ("a level:eror", 8, "no level 'eror'", "debug, info, warning, error, critical"),
        ("level:err*", 6, "starts of text only", "level:*"),
        ("duration_ms:fast", 12, "is a number; 'fast' is not", "duration_ms:>500"),
        ("duration_ms:>2s", 13, "is a number; '2s' is not", "in milliseconds"),
        ("duration_ms:1e999", 12, "is a number", "500"),
        ("duration_ms:..", 12, "no ends", "100..500"),
        ("duration_ms:>5*", 13, "without a *", ">500"),
        ("service:>5", 0, "is text", "service:start*"),
        ("timestamp:>yesterday", 11, "not a time", "2026-01-31T08:00:00Z"),
        ('a "b c', 2, "never closed", "closing"),
        ('service:"b', 8, "never closed", "closing"),
        ('a b"c"', 3, "in the middle of a word", '\\"'),
        ("(a b", 0, "never closed", "add a )"),
        ("a) b", 1, "closes nothing", "quotes"),
        (") b", 0, "closes nothing", "quotes"),
        ("()", 0, "nothing between", "inside"),
        ("OR a", 0, "OR has nothing before it", '"OR"'),
        ("a OR", 2, "OR has nothing after it", '"OR"'),
        ("a AND OR b", 2, "AND has nothing after it", '"AND"'),
        ("a NOT", 2, "NOT has nothing after it", '"NOT"'),
        ("(a -)", 3, "- has nothing after it", "after -"),
        ("/courses/*/quiz", 9, "end of a word", '"/courses/*/quiz"'),
        ("url.path:/a/*/b", 12, "end of a value", 'url.path:"/a/*/b"'),
        ("a\0b", 1, "cannot be stored", "remove"),
    ],
)
def test_an_unreadable_query_says_where_and_what_to_write(
    query: str, position: int, message: str, hint: str
) -> None:
    with pytest.raises(QueryError) as caught:
        parse(query, LOGS)
    assert caught.value.position == position
    assert message in caught.value.message
    assert hint in caught.value.hint


def test_spans_know_their_kinds_and_statuses() -> None:
    assert parse("status:error", SPANS) == Is(Column("status", "text"), "error")
    with pytest.raises(QueryError, match="never 'failed'"):
        parse("status:failed", SPANS)


@pytest.mark.parametrize(
    "query",
    [
        "a" * (MAX_QUERY_CHARACTERS + 1),
        "(" * (MAX_DEPTH + 2) + "a" + ")" * (MAX_DEPTH + 2),
        "-" * (MAX_DEPTH + 2) + "a",
        "a " * (MAX_TERMS + 1),
        "(" * 3_000,
    ],
    ids=["long", "deep", "negated", "wide", "open"],
)
def test_a_query_out_of_bounds_is_refused(query: str) -> None:
    with pytest.raises(QueryError):
        parse(query, LOGS)


FORMS = ["level", "duration_ms", "service", "own.key", ":", ":>", ":<=", "*", "..", "(", ")", '"', "\\", "-"]
REST = [" ", " OR ", " AND ", " NOT ", "error", "5", "a", "é", "2026-01-01", "'", ";", "{p0:String}", "\n"]
PIECES = st.sampled_from(FORMS + REST)


@given(st.one_of(st.text(max_size=60), st.lists(PIECES, max_size=25).map("".join)))
def test_any_text_is_read_or_refused_with_a_place(text: str) -> None:
    for schema in (LOGS, SPANS):
        error: QueryError | None = None
        try:
            expression = parse(text, schema)
        except QueryError as raised:
            error = raised
        if error is None:
            assert Condition(schema).seen_by(Scope(("t1",))).matching(expression).sql
        else:
            assert 0 <= error.position <= len(text)
            assert error.message
            assert error.hint


@given(st.text(min_size=1, max_size=40))
def test_no_text_of_a_query_reaches_the_statement(text: str) -> None:
    quoted = text.replace("\\", "\\\\").replace('"', '\\"')
    marked = f"zq{quoted}zq"
    try:
        expression = parse(f'"{marked}" own.zqkey:"{marked}" service:"{marked}"*', LOGS)
    except QueryError:
        return
    condition = Condition(LOGS).matching(expression)
    assert "zq" not in condition.sql
    assert condition.parameters
