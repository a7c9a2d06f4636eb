"""Where a real `sentry_sdk` sends in tests: a server on loopback that takes its envelopes."""

from typing import Any

import msgspec
from tests.eduscope.sink import Sink, arrived


class SentrySink(Sink):
    """Takes envelopes on the protocol's path."""

    def __init__(self) -> None:
        super().__init__()
        self.dsn = f"http://public@{self.address}/1"

    def items(self, kind: str) -> list[dict[str, Any]]:
        """The payloads of one item type, such as `event`, in the order they came."""
        found = []
        for body in self.bodies:
            lines = body.split(b"\n")
            for head, payload in zip(lines[1::2], lines[2::2], strict=False):
                if head and msgspec.json.decode(head)["type"] == kind:
                    found.append(msgspec.json.decode(payload))
        return found

    def wait_for(self, kind: str, count: int = 1) -> list[dict[str, Any]]:
        """The payloads of one type, as soon as there are so many."""
        return arrived(lambda: self.items(kind), count, f"items of type {kind}")
