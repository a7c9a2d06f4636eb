"""Product events for tests: kept in memory as they would go to PostHog."""

from typing import Any, NamedTuple

from eduscope.events_policy import Identity


class ProductEvent(NamedTuple):
    """One event as it would be sent."""

    event: str
    distinct_id: str
    """The person's token; of a child, or where nobody is signed in, an id that leads to nobody."""
    properties: dict[str, Any]
    tenant_id: str


class EventsInMemory:
    """Takes events as the sender to PostHog would."""

    def __init__(self) -> None:
        self.taken: list[ProductEvent] = []

    def send(self, event: str, who: Identity, properties: dict[str, Any], tenant: str) -> bool:
        """Takes one event; there is always room."""
        self.taken.append(ProductEvent(event, who.distinct_id, properties, tenant))
        return True
