"""One declaration, and everything that follows from it."""

import msgspec
import pytest

from eduscope import contract
from eduscope.contract import FieldClass
from eduscope.contract.page import markdown


def test_a_log_line_begins_with_the_mandatory_fields() -> None:
    assert tuple(f.name for f in contract.LOG_FIELDS)[:8] == contract.MANDATORY
    assert contract.MANDATORY == (
        "timestamp", "log_level", "service_name", "correlation_id",
        "tenant_id", "user_id", "request_id", "duration_ms",
    )  # fmt: skip


def test_every_declared_field_is_found_by_name_and_described() -> None:
    for declared in (*contract.ATTRIBUTES, *contract.LOG_FIELDS, *contract.SPAN_FIELDS):
        found = contract.field(declared.name)
        assert found is not None
        assert found.description
    assert contract.field("favourite.colour") is None


def test_an_attribute_named_like_a_column_is_undeclared() -> None:
    assert contract.field("name") is not None
    assert contract.attribute("name") is None
    assert contract.attribute("http.route") is contract.field("http.route")


def test_no_attribute_is_declared_twice() -> None:
    names = [f.name for f in contract.ATTRIBUTES]
    assert sorted(names) == sorted(set(names))


def test_people_are_tokens_and_learners_words_are_prose() -> None:
    classes = {f.name: f.field_class for f in (*contract.ATTRIBUTES, *contract.LOG_FIELDS)}
    assert classes["user_id"] is FieldClass.TOKEN
    assert classes["enduser.id"] is FieldClass.TOKEN
    assert classes["gen_ai.input.messages"] is FieldClass.PROSE
    assert classes["client.address"] is FieldClass.NETWORK
    assert classes["http.request.header.authorization"] is FieldClass.SECRET


def test_the_json_schema_names_every_mandatory_field_as_required() -> None:
    schema = contract.json_schema()
    log = schema["$defs"]["LogRecord"]
    assert set(contract.MANDATORY) <= set(log["required"])
    assert log["properties"]["user_id"]["x-eduscope-class"] == "token"
    assert log["properties"]["http.route"]["x-eduscope-class"] == "path"
    assert msgspec.json.decode(msgspec.json.encode(schema)) == schema


def test_the_columns_follow_the_records() -> None:
    assert list(contract.log_columns())[:8] == list(contract.MANDATORY)
    assert contract.log_columns()["duration_ms"] == "Nullable(Float64)"
    assert contract.span_columns()["trace_id"] == "String"
    assert {"attributes", "measures", "marks", "retention"} <= contract.log_columns().keys()


def test_the_page_shows_every_field() -> None:
    page = markdown()
    assert all(f"| `{f.name}` | {f.field_class} |" in page for f in contract.ATTRIBUTES)


def test_a_record_without_a_mandatory_field_is_not_a_log_line() -> None:
    line = dict.fromkeys(contract.MANDATORY, "") | {"log_level": "info", "duration_ms": None}
    msgspec.json.decode(msgspec.json.encode(line), type=contract.LogRecord)
    for name in contract.MANDATORY:
        incomplete = {k: v for k, v in line.items() if k != name}
        with pytest.raises(msgspec.ValidationError, match=name):
            msgspec.json.decode(msgspec.json.encode(incomplete), type=contract.LogRecord)
