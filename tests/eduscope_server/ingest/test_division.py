"""Bodies are divided between the lanes without losing or changing a record."""

from itertools import accumulate

import pytest
from hypothesis import given
from hypothesis import strategies as st
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from tests.otlp import RESOURCE, any_value, log_request, span_request

from eduscope.privacy import Gate
from eduscope_server.ingest.division import divided_lines, divided_records

GATE = Gate.compile()
CLEAN = b'{"message": "quiz graded"}\n'
DIRTY = b'{"message": "mail to anna@school.example failed"}\n'
TWICE = b'{"message": "anna@school.example and ben@school.example"}\n'

lines = st.lists(st.sampled_from([CLEAN, DIRTY, TWICE]), max_size=30)


@given(lines)
def test_clean_lines_and_odd_ones_are_told_apart(sent: list[bytes]) -> None:
    body = b"".join(sent)
    clean, odd = divided_lines(body, GATE.ends(body) or [])
    assert clean == b"".join(line for line in sent if line is CLEAN)
    assert odd == b"".join(line for line in sent if line is not CLEAN)


@given(st.lists(st.integers(0, 40), max_size=20), st.lists(st.integers(1, 400)))
def test_every_line_goes_one_way_and_those_with_a_match_are_among_the_odd(
    lengths: list[int], match_ends: list[int]
) -> None:
    sent = [f"{number} {'x' * length}\n".encode() for number, length in enumerate(lengths)]
    body = b"".join(sent)
    match_ends = sorted(end for end in match_ends if end <= len(body))
    clean, odd = (part.splitlines(keepends=True) for part in divided_lines(body, match_ends))
    assert clean == [line for line in sent if line not in odd]
    assert odd == [line for line in sent if line not in clean]
    assert {line_at(sent, end) for end in match_ends} <= set(odd)
    assert match_ends or not odd


def line_at(sent: list[bytes], end: int) -> bytes:
    """The line that holds the byte before `end`."""
    ends = accumulate(len(line) for line in sent)
    return next(line for line, its_end in zip(sent, ends, strict=True) if end <= its_end)


def test_a_last_line_without_its_end_is_a_line() -> None:
    body = CLEAN + DIRTY.rstrip(b"\n")
    assert divided_lines(body, GATE.ends(body) or []) == (CLEAN, DIRTY.rstrip(b"\n"))


def test_a_match_that_ends_with_its_line_is_in_it() -> None:
    long = b"x" * 30
    body = b"\n".join((long, long, long)) + b"\n"
    clean, odd = divided_lines(body, [60])
    assert (clean, odd) == (body[:31] + body[62:], body[31:62])


def test_where_a_match_ends_at_the_start_of_a_record_the_one_before_is_inspected_too() -> None:
    long = b"x" * 30
    body = b"\n".join((long, long, long)) + b"\n"
    assert divided_lines(body, [33]) == (body[62:], body[:62])


MESSAGES = [
    "quiz graded",
    "mail to anna@school.example",
    "call +44 7700 900123",
    "card 4111 1111 1111 1111",
    "",
    "x" * 300,
]


def messages_of(body: bytes) -> list[tuple[str, str]]:
    """Each record's service and message, in order."""
    request = ExportLogsServiceRequest.FromString(body)
    return [
        (resource.resource.attributes[0].value.string_value, record.body.string_value)
        for resource in request.resource_logs
        for scope in resource.scope_logs
        for record in scope.log_records
    ]


def joined(sent: list[tuple[str, list[str]]]) -> bytes:
    """Requests of services, each with its records, joined as senders' are."""
    body = b""
    for service, messages in sent:
        request = ExportLogsServiceRequest()
        for message in messages:
            request.MergeFromString(log_request({}, {"service.name": service}, body=any_value(message)))
        # All records under one resource and one scope, as an exporter sends them.
        for other in request.resource_logs[1:]:
            request.resource_logs[0].scope_logs[0].log_records.extend(other.scope_logs[0].log_records)
        del request.resource_logs[1:]
        body += request.SerializeToString()
    return body


requests = st.lists(
    st.tuples(
        st.sampled_from(["courses", "tutor"]), st.lists(st.sampled_from(MESSAGES), min_size=1, max_size=8)
    ),
    max_size=4,
)


@given(requests)
def test_records_are_told_apart_and_none_is_lost(sent: list[tuple[str, list[str]]]) -> None:
    body = joined(sent)
    clean, odd = divided_records(body, GATE.ends(body) or [])
    assert not GATE.hit(clean)
    assert sorted(messages_of(clean) + messages_of(odd)) == sorted(messages_of(body))
    dirty = [pair for pair in messages_of(body) if GATE.hit(pair[1].encode())]
    assert sorted(pair for pair in messages_of(odd) if pair in dirty) == sorted(dirty)


def test_few_records_are_inspected_for_one() -> None:
    body = joined([("courses", ["quiz graded"] * 200 + [MESSAGES[1]] + ["quiz graded"] * 200)])
    clean, odd = divided_records(body, GATE.ends(body) or [])
    assert len(messages_of(odd)) <= 2
    assert len(messages_of(clean)) >= 399


def test_a_find_in_the_resource_concerns_all_its_records() -> None:
    found = log_request({}, RESOURCE | {"host.name": "anna@school.example"})
    body = found + log_request()
    clean, odd = divided_records(body, GATE.ends(body) or [])
    assert (clean, odd) == (log_request(), found)


def test_spans_are_divided_as_logs_are() -> None:
    found = span_request({}, status={"message": "no anna@school.example"})
    body = span_request() + found
    assert divided_records(body, GATE.ends(body) or []) == (span_request(), found)


@pytest.mark.parametrize("place", ["before", "after"])
def test_a_request_with_groups_is_inspected_whole(place: str) -> None:
    """No sender of OTLP writes groups; where they end can't be told from their start."""
    group = b"\xa3\x1f" + b"\x1a\x03abc" + b"\xa4\x1f"
    request = joined([("courses", MESSAGES[:2])])
    body = group + request if place == "before" else request + group
    assert divided_records(body, GATE.ends(body) or []) == (b"", body)
