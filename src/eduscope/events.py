"""Product events: what people do with the product, for those who agreed to it being counted.

>>> with eduscope.bind(tenant_id="t1", user_id=account.id, consent=True):
...     eduscope.events.ai_tutor_invoked(model="tutor", model_version="2026-11", course_id="c-101")
...     eduscope.events.capture("lesson_finished", **{"lesson.id": "l-7", "duration_minutes": 12})

Each is a log line, and goes to PostHog (or what speaks its protocol, such as the platform) where `events_endpoint` and
`events_key` are set. Who may appear in them and as what is decided in `eduscope.events_policy`.
"""

import re
from collections.abc import Mapping
from typing import Any, Protocol

from eduscope import events_policy, logging
from eduscope.consent import Consent, visit
from eduscope.context import Context, current
from eduscope.contract import Field, attribute
from eduscope.contract.events import EVENT_TYPES, EventType, event_type
from eduscope.counters import counters
from eduscope.fields import plan
from eduscope.lifecycle import running_config
from eduscope.metrics import counter
from eduscope.privacy import policy
from eduscope.values import as_text, number, quoted

__all__ = [
    "Consent",
    "EventType",
    "ai_tutor_invoked",
    "capture",
    "declare",
    "event_type",
    "model_feedback",
    "recommendation_served",
]

INFO = 20
TEXT_MAX_CHARS = 1024
PROPERTIES_MAX = 64
"""An event is a few facts, not a record; what is beyond is left out."""

_is_event_name = re.compile(r"[a-z$][a-z0-9_.:]{0,63}").fullmatch
UNNAMED = "unnamed_event"
"""Stands for an event whose name is none: a sentence, a person's address."""

_counted = counter("eduscope_product_events", "Product events.", ("event", "result"))
_types: dict[str, EventType] = dict(EVENT_TYPES)


class Sender(Protocol):
    """What takes events away; `eduscope.events_client.EventsClient` does."""

    def send(self, event: str, who: events_policy.Identity, properties: dict[str, Any], tenant: str) -> bool:
        """Takes one event without waiting; False where there is no room for it."""


class _Way:
    """Where events go besides the log."""

    out: Sender | None = None


def use(sender: Sender | None) -> Sender | None:
    """Sends events from now on, or no longer; gives what sent them before. `eduscope.init` calls it."""
    before, _Way.out = _Way.out, sender
    return before


def count(event: str, result: str, by: int = 1) -> None:
    """Counts events by what became of them: queued, logged, no_consent, queue_full or failed."""
    _counted.add((event, result), by)


def declare(kind: EventType) -> EventType:
    """Makes an event type of the host's own known, so that its properties are kept by their class.

    >>> eduscope.events.declare(event_type("essay_handed_in", "…", "course.id", Field("essay.genre", …)))
    """
    _types[kind.name] = kind
    return kind


def ai_tutor_invoked(  # noqa: PLR0913 - the event's properties, by keyword
    *,
    model: str,
    model_version: str = "",
    course_id: str = "",
    lesson_id: str = "",
    outcome: str = "ok",
    input_size: int | None = None,
    tokens_used: int | None = None,
    latency_ms: float | None = None,
    **properties: Any,
) -> None:
    """A learner asked the tutor. `input_size` in bytes; what was asked is no property."""
    capture(
        "ai_tutor_invoked",
        **_model(model, model_version, course_id, lesson_id),
        **_given(
            {
                "ai.outcome": outcome,
                "ai.input_size": input_size,
                "ai.tokens_used": tokens_used,
                "ai.latency_ms": latency_ms,
            }
        ),
        **properties,
    )


def model_feedback(  # noqa: PLR0913 - the event's properties, by keyword
    *,
    model: str,
    model_version: str = "",
    course_id: str = "",
    answer_id: str = "",
    rating: float | None = None,
    helpful: bool | None = None,
    reason: str = "",
    text: str | None = None,
    **properties: Any,
) -> None:
    """A person said what they think of an answer. `reason` is one word of a small set; `text` is withheld: that
    there was one is recorded, what it said is not.
    """
    capture(
        "model_feedback",
        **_model(model, model_version, course_id, ""),
        **_given(
            {
                "gen_ai.response.id": _said(answer_id),
                "feedback.rating": rating,
                "feedback.helpful": helpful,
                "feedback.reason": _said(reason),
                "feedback.text": _said(text),
            }
        ),
        **properties,
    )


def recommendation_served(  # noqa: PLR0913 - the event's properties, by keyword
    *,
    model: str,
    model_version: str = "",
    course_id: str = "",
    lesson_id: str = "",
    kind: str = "",
    recommendation_id: str = "",
    position: int | None = None,
    score: float | None = None,
    **properties: Any,
) -> None:
    """A model recommended something, and it was shown. `kind`: course, lesson, exercise …"""
    capture(
        "recommendation_served",
        **_model(model, model_version, course_id, lesson_id),
        **_given(
            {
                "recommendation.kind": _said(kind),
                "recommendation.id": _said(recommendation_id),
                "recommendation.position": position,
                "recommendation.score": score,
            }
        ),
        **properties,
    )


def capture(event: str, /, **properties: Any) -> None:
    """Records any product event.

    `event` is a name (`lesson_finished`), never a sentence. Properties are judged as the fields of a log line: by the
    class that the event's type or the contract declares, an undeclared string as a token, learners' text withheld.
    Never raises, never waits.
    """
    try:
        _capture(event if isinstance(event, str) and _is_event_name(event) else UNNAMED, properties)
    except Exception:  # noqa: BLE001 - the host must never pay for its analytics
        counters.failure("events")


def _capture(event: str, properties: Mapping[str, Any]) -> None:
    ids = current()
    who = events_policy.identity(ids)
    if who is None:
        count(event, "no_consent")
        return
    declared = _declared(event, properties)
    spelled = {_spelling(name, declared): value for name, value in list(properties.items())[:PROPERTIES_MAX]}
    kept = events_policy.permitted(who, spelled, declared)
    safe = {name: _plain(_safe(value, declared.get(name), name)) for name, value in kept.items()}
    _write(event, who, safe)
    sender = _Way.out
    if sender is None:
        count(event, "logged")
        return
    taken = sender.send(event, who, {**safe, **_ids(ids, who)}, ids.tenant_id)
    count(event, "queued" if taken else "queue_full")


def _declared(event: str, properties: Mapping[str, Any]) -> dict[str, Field]:
    """The declarations of an event's properties: its type's own, then the contract's."""
    kind = _types.get(event)
    fields = {} if kind is None else {field.name: field for field in kind.properties}
    for name in properties:
        key = plan(name).key
        field = attribute(key)
        if field is not None:
            fields.setdefault(key, field)
    return fields


def _spelling(name: str, declared: Mapping[str, Field]) -> str:
    return name if name in declared else plan(name).key


def _safe(value: object, field: Field | None, name: str) -> object:
    """The value as it may be recorded."""
    if field is None or attribute(name) is not None:
        known = plan(name)
        known.count(value)
        return known.safe(value, TEXT_MAX_CHARS)
    if value is None or (isinstance(value, (bool, int, float)) and field.field_class == "measure"):
        return value
    return policy.apply(field, as_text(value, TEXT_MAX_CHARS))


def _plain(value: object) -> object:
    """A judged value as every JSON reader takes it: no NaN, no lone surrogates, no numbers beyond 64 bits."""
    if isinstance(value, str):
        return value if value.isascii() else value.encode("utf-8", "replace").decode("utf-8")
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return value
    written = number(value)
    return None if written is None else (value if isinstance(value, float) else _whole(written))


def _whole(written: str) -> float:
    return int(written) if written.lstrip("-").isdigit() else float(written)


def _write(event: str, who: events_policy.Identity, safe: Mapping[str, Any]) -> None:
    lines = logging.lines()
    if lines.threshold <= INFO:
        nobody = {} if who.has_profile else {"user_id": ""}
        # What is safe already is not judged a second time: a host's own field is not in the contract.
        text = "".join(_json(name, value) for name, value in safe.items())
        lines.write(INFO, "product event", {"event.name": event, **nobody}, text)


def _json(name: str, value: object) -> str:
    """A judged property as it stands in a line."""
    written = (number(value) or "null") if isinstance(value, (bool, int, float)) else None
    if value is None:
        written = "null"
    return f",{quoted(name)}:{quoted(str(value)) if written is None else written}"


def _ids(ids: Context, who: events_policy.Identity) -> dict[str, Any]:
    """What every event that is sent carries. Of a child, nothing that joins it with other records."""
    config = running_config()
    known = {} if config is None else {"service_name": config.service, "environment": config.environment}
    if config is not None and config.release:
        known["release"] = config.release
    if who.is_child:
        return known
    session = visit.get().session_id
    if ids.correlation_id:
        known["correlation_id"] = ids.correlation_id
    return known | ({"$session_id": session, "session.id": session} if session else {})


def _model(model: str, version: str, course_id: str, lesson_id: str) -> dict[str, Any]:
    return _given(
        {
            "ai.model": model,
            "ai.model_version": model if type(version) is str and not version else version,
            "course.id": _said(course_id),
            "lesson.id": _said(lesson_id),
        }
    )


def _said(value: object) -> object:
    """The value; of an empty text, nothing."""
    return None if type(value) is str and not value else value


def _given(properties: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in properties.items() if value is not None}
