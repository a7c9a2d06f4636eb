"""Names and values of attributes that have not the shape of their class: the engine leaves them to Python."""

import re
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from opentelemetry.proto.trace.v1.trace_pb2 import Span
from tests.eduscope_server.store.inlet_blocks import INLETS, RING, block, stored
from tests.otlp import any_value, log_request, pairs, span_request

from eduscope.contract import attribute
from eduscope.privacy import NetworkBits, is_clean, network, policy, use_network_bits
from eduscope_server.store import NeedsInspection, Store
from eduscope_server.store.inlets import IDENTIFIER_VALUE_FORM, NETWORK_FORM, PATH_ODD_FORM


def as_python(form: str) -> str:
    """A form as Python has it; in SQL each backslash is written twice."""
    return form.replace("\\\\", "\\")


ODD = {
    "an identifier that is none": {"course.id": "Ada Lovelace"},
    "a measure that is none": {"http.response.status_code": "Ada Lovelace"},
    "a path with an id": {"http.route": "/people/4711"},
    "a path with a query": {"url.path": "/people?name=Ada"},
    "a path with a person": {"url.full": "https://ada@edulearn.example/x"},
    "a path with a long number in it": {"url.path": "/people/S1234567/grades"},
    "identifiers in a list": {"course.id": ["Ada Lovelace"]},
    "an attribute named after a person": {"Ada Lovelace": "x"},
    "a number named after a person": {"Ada Lovelace": 3},
    "a boolean named after a person": {"Ada Lovelace": True},
    "an attribute named after a number": {"S1234567": 3},
}
FINE = {
    "identifiers": {"course.id": "c-101", "host.name": "node-7.school.example", "container.id": "ab" * 32},
    "redacted identifiers": {"course.id": "[EMAIL]", "exam.id": "[IP]:443"},
    "several identifiers": {"container.image.tags": ["v1.2", "latest"]},
    "measures": {
        "attempt": "3",
        "duration_seconds": 3,
        "thread.id": "-1.5e3",
        "count": "2026-11-23T10:00:00Z",
    },
    "paths": {"http.route": "/v1/courses/{id}", "url.full": "https://edulearn.example:8443/a/b2/c.html"},
    "names": {"colour.count": 3, "Content-Type": 1, "k8s.label.app/name": 2},
}


@pytest.mark.parametrize("attributes", ODD.values(), ids=ODD)
@pytest.mark.parametrize("inlet", INLETS)
def test_what_has_a_shape_that_only_python_treats_is_refused_whole(
    clean_store: Store, inlet: str, attributes: dict[str, Any]
) -> None:
    with pytest.raises(NeedsInspection):
        clean_store.insert(inlet, block(inlet, attributes))


@pytest.mark.parametrize("attributes", FINE.values(), ids=FINE)
@pytest.mark.parametrize("inlet", INLETS)
def test_what_has_its_class_shape_stays(clean_store: Store, inlet: str, attributes: dict[str, Any]) -> None:
    row = stored(clean_store, inlet, block(inlet, attributes))
    assert (row["attributes"] | row["measures"]).keys() == attributes.keys()


def test_a_body_of_fields_and_the_fields_of_an_event_are_looked_at_too(clean_store: Store) -> None:
    with pytest.raises(NeedsInspection):
        clean_store.insert("otlp_logs", log_request(body=any_value({"content": "I am Ada"})))
    with pytest.raises(NeedsInspection):
        clean_store.insert("otlp_logs", log_request(resource={"service.name": "a", "Ada Lovelace": 3}))
    event = Span.Event(name="seen", attributes=pairs({"Ada Lovelace": 3}))
    with pytest.raises(NeedsInspection):
        clean_store.insert("otlp_spans", span_request(events=[event]))


@given(path=st.one_of(st.text("/a1-_.?#@:{}%", max_size=30), st.text(max_size=20)))
@settings(max_examples=300)
def test_a_path_that_the_policy_would_change_is_odd(path: str) -> None:
    declared = attribute("url.path")
    if policy.apply(declared, path, RING) != path and is_clean(path):  # what is not clean, the gate has seen
        assert re.search(as_python(PATH_ODD_FORM), path)


@given(text=st.one_of(st.text("/aA1-_.?#@:{}[]% ", max_size=30), st.text(max_size=20)))
@example(text="[A]")
@example(text="[Ada]")
@example(text="[IP]:443")
@settings(max_examples=300)
def test_an_identifier_that_the_policy_would_change_is_odd(text: str) -> None:
    if policy.apply(attribute("course.id"), text, RING) != text and is_clean(text):
        assert not re.fullmatch(as_python(IDENTIFIER_VALUE_FORM), text)


@pytest.mark.parametrize("v4", [8, 16, 24])
@pytest.mark.parametrize("v6", [16, 32, 48, 64])
def test_an_address_that_a_service_shortened_to_any_width_is_kept_by_the_engine(v4: int, v6: int) -> None:
    use_network_bits(NetworkBits(v4, v6))
    try:
        shortened = [network(ip, RING) for ip in ("8.8.4.4", "203.0.113.7", "::2", "2001:db8:85a3:1::9")]
    finally:
        use_network_bits(NetworkBits())
    assert [text for text in shortened if not re.match(as_python(NETWORK_FORM), text)] == []
