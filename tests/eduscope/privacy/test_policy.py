"""Each class of field has one policy, the same in the SDK and at the platform."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eduscope.contract import Field, FieldClass
from eduscope.privacy import KeyRing, is_token, policy

RING = KeyRing([("k1", b"0123456789abcdef0123456789abcdef")])
TOKEN = RING.token("ada")


def field(field_class: FieldClass) -> Field:
    return Field("x", field_class, "string", "A field.")


def applied(field_class: FieldClass, value: str) -> str:
    return policy.apply(field(field_class), value, RING)


@pytest.mark.parametrize("field_class", [*FieldClass, None])
def test_nothing_stays_nothing(field_class: FieldClass | None) -> None:
    assert policy.apply(field(field_class) if field_class else None, "", RING) == ""


@pytest.mark.parametrize(
    "value",
    [
        "4bf92f3577b34da6a3ce929d0e0e4736",
        "6ba7b810-9dad-41d1-80b4-00c04fd430c8",
        "courses@1.4.2",
        "pod/gateway-7f9c",
        TOKEN,
        "t1",
    ],
)
def test_identifiers_of_the_right_shape_pass(value: str) -> None:
    assert applied(FieldClass.IDENTIFIER, value) == value


def test_an_identifier_that_is_personal_is_redacted() -> None:
    assert applied(FieldClass.IDENTIFIER, "ada@example.com") == "[EMAIL]"
    assert applied(FieldClass.IDENTIFIER, "203.0.113.7:443") == "[IP]:443"
    assert (
        applied(FieldClass.IDENTIFIER, "4556992273425353") == "[CARD]"
    )  # sixteen digits are hexadecimal, too


@pytest.mark.parametrize("value", ["203.0.113.7", "460-89-9847", "4556992273425353", "64187203E"])
def test_what_is_written_like_a_number_and_names_someone_is_no_measure(value: str) -> None:
    assert is_token(applied(FieldClass.MEASURE, value))


@pytest.mark.parametrize("value", ["Ada Lovelace", "x" * 201, "a\nb", "<script>"])
def test_an_identifier_of_the_wrong_shape_is_never_echoed(value: str) -> None:
    kept = applied(FieldClass.IDENTIFIER, value)
    assert kept.startswith("und_k1_")
    assert is_token(kept)


def test_a_person_is_a_token_or_becomes_one() -> None:
    assert applied(FieldClass.TOKEN, "ada") == TOKEN
    assert applied(FieldClass.TOKEN, TOKEN) == TOKEN


@pytest.mark.parametrize(
    ("path", "kept"),
    [
        ("/courses/{id}", "/courses/{id}"),
        ("/courses/42/quizzes/7", "/courses/{id}/quizzes/{id}"),
        ("/search?q=ada@example.com", "/search"),
        ("/users/ada@example.com/", "/users/{id}/"),
        ("/users/ada%40example.com", "/users/{id}"),
        ("/x/4bf92f3577b34da6a3ce929d0e0e4736#top", "/x/{id}"),
        ("/u/" + TOKEN, "/u/{id}"),
        ("https://ada:pw@host.example:8080/a/12?x", "https://host.example:8080/a/{id}"),
        ("/api/v1/recommendations", "/api/v1/recommendations"),
        ("/static/app.js", "/static/app.js"),
        ("/srv/app/courses/views.py", "/srv/app/courses/views.py"),
    ],
)
def test_paths_lose_query_user_and_ids(path: str, kept: str) -> None:
    assert applied(FieldClass.PATH, path) == kept


def test_messages_and_labels_are_redacted() -> None:
    assert applied(FieldClass.MESSAGE, "mail ada@example.com") == "mail [EMAIL]"
    assert applied(FieldClass.LABEL, "ada@example.com") == "[EMAIL]"
    assert applied(FieldClass.LABEL, "POST") == "POST"


def test_prose_and_secrets_are_withheld() -> None:
    assert applied(FieldClass.PROSE, "I am sad") == "[withheld:prose]"
    assert applied(FieldClass.SECRET, "hunter2") == "[withheld:secret]"


def test_addresses_are_hashed_in_part_and_others_withheld() -> None:
    assert applied(FieldClass.NETWORK, "203.0.113.7").startswith("203.0.113.h")
    assert applied(FieldClass.NETWORK, "testclient") == "[withheld:network]"


@pytest.mark.parametrize("value", ["1", "-1.5e9", "true", "2026-11-23T10:00:00.123456Z", "NaN"])
def test_measures_pass(value: str) -> None:
    assert applied(FieldClass.MEASURE, value) == value


def test_a_measure_that_is_none_becomes_a_token() -> None:
    assert applied(FieldClass.MEASURE, "ada").startswith("und_k1_")


def test_an_undeclared_value_becomes_a_token_that_joins() -> None:
    kept = policy.apply(None, "maths", RING)
    assert kept == RING.token("maths", "und")
    assert policy.apply(None, kept, RING) == kept


@given(value=st.text(max_size=80), field_class=st.sampled_from([*FieldClass, None]))
def test_applying_twice_changes_nothing(value: str, field_class: FieldClass | None) -> None:
    declared = field(field_class) if field_class else None
    once = policy.apply(declared, value, RING)
    assert policy.apply(declared, once, RING) == once
