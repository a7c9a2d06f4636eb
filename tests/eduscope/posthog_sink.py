"""Where the real posthog client sends in tests: a server on loopback that speaks its `/batch/`."""

from typing import Any

import msgspec
from tests.eduscope.sink import Sink, arrived


class PostHogSink(Sink):
    """Takes batches of events."""

    def __init__(self) -> None:
        super().__init__()
        self.url = f"http://{self.address}"

    @property
    def events(self) -> list[dict[str, Any]]:
        """Every event so far."""
        return [event for body in self.bodies for event in msgspec.json.decode(body)["batch"]]

    def wait_for(self, count: int) -> list[dict[str, Any]]:
        """The events, as soon as there are so many."""
        return arrived(lambda: self.events, count, "events")
