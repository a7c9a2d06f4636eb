"""The product events, and the classes of their properties."""

from typing import NamedTuple

from eduscope.contract.conventions import ATTRIBUTES
from eduscope.contract.field import Field

_ATTRIBUTES = {f.name: f for f in ATTRIBUTES}


class EventType(NamedTuple):
    """One kind of product event. Its properties are fields of the contract."""

    name: str
    description: str
    properties: tuple[Field, ...]


def event_type(name: str, description: str, *properties: str | Field) -> EventType:
    """Declares an event type: its properties by the contract's names, or as fields of its own.

    Raises KeyError for a name the contract does not have.
    """
    return EventType(
        name, description, tuple(_ATTRIBUTES[p] if isinstance(p, str) else p for p in properties)
    )


_MODEL = ("ai.model", "ai.model_version", "course.id", "lesson.id", "quiz.id", "edulearn.feature")

EVENT_TYPES = {
    kind.name: kind
    for kind in (
        event_type(
            "ai_tutor_invoked",
            "A learner asked the tutor.",
            *_MODEL,
            "ai.outcome", "ai.input_size", "ai.tokens_used", "ai.latency_ms", "ai.cache",
        ),
        event_type(
            "model_feedback",
            "A person said what they think of an answer.",
            *_MODEL,
            "gen_ai.response.id", "feedback.rating", "feedback.helpful", "feedback.reason", "feedback.text",
        ),
        event_type(
            "recommendation_served",
            "A model recommended something, and it was shown.",
            *_MODEL,
            "recommendation.id", "recommendation.kind", "recommendation.position", "recommendation.score",
            "count", "ai.cache", "ai.latency_ms",
        ),
    )
}  # fmt: skip
"""Every declared event type by name."""
