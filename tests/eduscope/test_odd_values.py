"""Whatever a host passes to whatever it calls while it serves: nothing is raised."""

from collections.abc import Callable
from typing import Any

import pytest

import eduscope
from eduscope.testing import Captured


class Hostile:
    """Fails at every look at it, as an object of an ORM does whose session is gone."""

    @property
    def __class__(self) -> Any:
        raise RuntimeError

    @__class__.setter
    def __class__(self, kind: type) -> None:
        raise RuntimeError

    def __str__(self) -> str:
        raise RuntimeError

    __repr__ = __str__

    def __bool__(self) -> bool:
        raise RuntimeError

    def __eq__(self, other: object) -> bool:
        raise RuntimeError

    __hash__ = None  # type: ignore[assignment]


def bound(name: str) -> Callable[[Any], None]:
    """Binds a value under a name."""

    def call(value: Any) -> None:
        with eduscope.bind(**{name: value}):
            eduscope.get_logger().info("said")

    return call


def traced(value: Any) -> None:
    """Makes a span that bears a value."""
    with eduscope.tracing.span("grade.compute", course_id=value):
        eduscope.get_logger().info("said")


def received(value: Any) -> None:
    """Takes a message whose headers are values."""
    with eduscope.propagation.extract({"x-correlation-id": value, "baggage": value}):
        eduscope.get_logger().info("said")


def asked(value: Any) -> None:
    """Observes a model call that tells of values."""
    with eduscope.inference(model=value, model_version=value, provider=value) as call:
        call.tokens(input=value)
        call.finished(value)
        call.answered_by(value)
        call.failed(value)


def told(value: Any) -> None:
    """Records product events of values."""
    eduscope.events.ai_tutor_invoked(model=value, model_version=value, course_id=value)
    eduscope.events.model_feedback(model="tutor", reason=value, text=value)
    eduscope.events.recommendation_served(model="tutor", kind=value, recommendation_id=value)


CALLS = {
    **{name: bound(name) for name in ("tenant_id", "user_id", "correlation_id", "request_id", "consent")},
    "session_id": bound("session_id"),
    "span": traced,
    "extract": received,
    "inference": asked,
    "events": told,
}


VALUES: dict[str, Callable[[], Any]] = {
    "hostile": Hostile, "long": lambda: range(10**12), "bytes": lambda: b"\xff", "big": lambda: 10**400,
}  # fmt: skip


@pytest.mark.parametrize("call", CALLS.values(), ids=list(CALLS))
@pytest.mark.parametrize("make", VALUES.values(), ids=list(VALUES))
def test_an_odd_value_never_reaches_the_host(
    seen: Captured, call: Callable[[Any], None], make: Callable[[], Any]
) -> None:
    call(make())
    assert seen.lines or call is told


def test_a_spans_attribute_is_text_where_opentelemetry_has_no_type_for_it(seen: Captured) -> None:
    """It leaves such attributes out, with a warning."""
    with eduscope.tracing.span("grade.compute", course_id=lambda: "c-101", count=12, http_route=b"/courses"):
        pass
    attributes = seen.spans[0].attributes or {}
    assert (attributes["course.id"], attributes["count"], attributes["http.route"]) == (
        "c-101",
        12,
        "/courses",
    )
