"""What is a violation of the contract, and what is none."""

from collections.abc import Iterator
from typing import Any

import msgspec
import pytest

from eduscope import contract
from eduscope.privacy import tokenize
from eduscope_server.checking import Checker, use_declarations
from eduscope_server.checking.tally import PLACES_MAX

GOOD: dict[str, Any] = {
    "timestamp": "2026-11-23T10:00:00.123456Z",
    "log_level": "info",
    "service_name": "courses",
    "correlation_id": "e18ea5d9aaad492c9944cc4cdd13798a",
    "tenant_id": "north",
    "user_id": "",
    "request_id": "",
    "duration_ms": None,
    "message": "quiz submitted",
    "environment": "test",
    "release": "1.2.3",
    "trace_id": "",
    "span_id": "",
}


@pytest.fixture(autouse=True)
def only_what_ships() -> Iterator[None]:
    """Leaves nothing declared behind."""
    yield
    for field in contract.declared_here():
        contract.withdraw(field.name)


def found(*lines: bytes | dict[str, Any]) -> set[tuple[str, str]]:
    """Kinds and fields of what is wrong with the lines."""
    checker = Checker()
    checker.check("app.log", [x if isinstance(x, bytes) else msgspec.json.encode(x) for x in lines])
    return {(v.kind, v.field) for v in checker.tally}


def test_a_line_of_the_contract_is_no_violation() -> None:
    person = tokenize("ada")
    assert found(GOOD, GOOD | {"user_id": person, "duration_ms": 12.5, "attempts": 3, "late": True}) == set()
    assert found(GOOD | {"http.route": "/courses/{id}", "http.response.status_code": 200}) == set()


@pytest.mark.parametrize(
    ("change", "violation"),
    [
        ({"timestamp": "2026-11-23 10:00:00"}, ("shape", "timestamp")),
        ({"timestamp": "2026-11-23T10:00:00+01:00"}, ("shape", "timestamp")),
        ({"timestamp": "2026-02-31T10:00:00Z"}, ("shape", "timestamp")),
        ({"timestamp": 1763892000}, ("shape", "timestamp")),
        ({"log_level": "INFO"}, ("shape", "log_level")),
        ({"service_name": ""}, ("shape", "service_name")),
        ({"correlation_id": "short"}, ("shape", "correlation_id")),
        ({"request_id": None}, ("shape", "request_id")),
        ({"trace_id": "4BF92F3577B34DA6A3CE929D0E0E4736"}, ("shape", "trace_id")),
        ({"span_id": "0"}, ("shape", "span_id")),
        ({"duration_ms": "12"}, ("shape", "duration_ms")),
        ({"duration_ms": True}, ("shape", "duration_ms")),
        ({"user_id": "ada.lovelace"}, ("not_a_token", "user_id")),
        ({"user_id": 1234567}, ("shape", "user_id")),
        ({"http.route": "/students/1234567/grades?term=2"}, ("shape", "http.route")),
        ({"client.address": "203.0.113.7"}, ("in_clear", "client.address")),
        ({"gen_ai.prompt": "my mother is ill"}, ("in_clear", "gen_ai.prompt")),
        ({"course.colour": "teal"}, ("undeclared", "course.colour")),
        ({"course.tags": ["a", "b"]}, ("undeclared", "course.tags")),
        ({"message": "mail ada@example.com now"}, ("EMAIL", "message")),
        ({"message": 'm\u00e4il \\ " ada@example.com'}, ("EMAIL", "message")),
        ({"http.request.body.size": "4111111111111111"}, ("CARD", "http.request.body.size")),
        ({"release": "4111111111111111"}, ("CARD", "release")),
        ({"tenant_id": "10.1.2.3"}, ("IP", "tenant_id")),
    ],
)
def test_each_violation_is_named_by_kind_and_field(
    change: dict[str, Any], violation: tuple[str, str]
) -> None:
    assert found(GOOD | change) == {violation}


@pytest.mark.parametrize("name", contract.MANDATORY)
def test_every_mandatory_field_has_to_be_there(name: str) -> None:
    assert found({key: value for key, value in GOOD.items() if key != name}) == {("missing", name)}


@pytest.mark.parametrize(
    "line", [b"Traceback (most recent call last):", b"[1]", b'"text"', b"{", b'{"a":"\xff"}', b"[" * 100_000]
)
def test_what_is_no_object_is_unreadable_and_the_rest_goes_on(line: bytes) -> None:
    assert found(line, b"", b"  ", GOOD | {"log_level": "warn"}) == {
        ("unreadable", ""),
        ("shape", "log_level"),
    }


def test_an_undeclared_text_is_told_with_the_personal_data_in_it() -> None:
    assert found(GOOD | {"note": "mail ada@example.com"}) == {("undeclared", "note"), ("EMAIL", "note")}


def test_a_declared_field_is_checked_by_its_class() -> None:
    use_declarations({"course.colour": "label", "course.owner": "token"})
    assert found(GOOD | {"course.colour": "teal"}) == set()
    assert found(GOOD | {"course.owner": "ada"}) == {("not_a_token", "course.owner")}
    use_declarations({"http.route": "path"})  # the contract has it: nothing to declare


def test_personal_data_in_a_name_is_not_repeated() -> None:
    unnamed = "(a name that is none)"
    assert found(GOOD | {"ada@example.com": 1}) == {("EMAIL", unnamed), ("odd_name", unnamed)}
    assert found(GOOD | {"of 4711": "x"}) == {("odd_name", unnamed)}


def test_a_clean_line_beside_a_dirty_one_stays_clean() -> None:
    checker = Checker()
    dirty = msgspec.json.encode(GOOD | {"message": "4111111111111111"})
    checker.check("app.log", [msgspec.json.encode(GOOD), dirty, msgspec.json.encode(GOOD)])
    (only,) = checker.tally
    assert [at.line for at in only.first] == [2]


def test_the_first_places_are_kept_and_the_rest_counted() -> None:
    checker = Checker()
    checker.check("app.log", [b"no"] * 10, first_line=5)
    (only,) = checker.tally
    assert (only.count, [at.line for at in only.first]) == (10, [5, 6, 7][:PLACES_MAX])


def test_names_without_end_do_not_make_a_report_without_end() -> None:
    checker = Checker()
    checker.check("app.log", [msgspec.json.encode(GOOD | {f"n{i}": "x"}) for i in range(3_000)])
    assert checker.tally.total == 3_000
    assert len(list(checker.tally)) < 2_100
