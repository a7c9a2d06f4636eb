"""Which request, which tenant, which person: the context every record carries.

A context is a frozen record in a `contextvars.ContextVar`, so it follows tasks and `asyncio.to_thread`. Its
part of a log line is written once, when the context is made, and reused by every line in it.
"""

import os
import re
from collections.abc import Callable
from contextvars import ContextVar
from typing import Protocol

CORRELATION_HEADER = "x-correlation-id"
UNDER_13 = "edulearn.under_13"
"""On every record of a session of a child under 13: the platform keeps such records for days."""

BAGGAGE_KEYS = ("correlation_id", "tenant_id", "request_id", UNDER_13)
"""What travels in W3C baggage. User ids do not: baggage reaches third parties."""

is_correlation_id = re.compile(r"[A-Za-z0-9._-]{8,64}").fullmatch
"""Whether a text may stand as a correlation id (or a request id)."""

is_tenant_id = re.compile(r"[A-Za-z0-9._:-]{1,64}").fullmatch
"""Whether a text may stand as a tenant id."""


_UUID4_FIXED = 0x4000_8000_0000_0000_0000
_UUID4_DRAWN = (1 << 128) - 1 & ~0xF000_C000_0000_0000_0000


def _random_id() -> str:
    """The digits of a UUID4, as `uuid` makes it at twice the price."""
    drawn = int.from_bytes(os.urandom(16), "big")
    return "%032x" % (drawn & _UUID4_DRAWN | _UUID4_FIXED)


_make_id: Callable[[], str] = _random_id


def new_id() -> str:
    """A new correlation or request id: 32 hex digits."""
    return _make_id()


def use_ids(make: Callable[[], str] | None) -> None:
    """Replaces the source of ids, for tests; None brings the random ones back."""
    global _make_id  # noqa: PLW0603 - the one seam for counted ids
    _make_id = make or _random_id


class Counted(Protocol):
    """What is counted while a request runs and reported at its end."""

    def add(self, system: str, text: str, duration_ns: int) -> None:
        """Counts one."""

    def report(self) -> None:
        """Reports, where there is something to say. Never raises."""


class Learned:
    """What is learned inside a request about whose it is, for the request's own line, which is written
    outside.
    """

    __slots__ = ("queries", "tenant_id", "under_13", "user_id")

    def __init__(self) -> None:
        self.tenant_id = ""
        self.user_id = ""
        self.under_13 = False
        self.queries: Counted | None = None
        """What databases were asked in the request; filled by `eduscope.database`."""

    def end(self) -> None:
        """The request is over; its context is still the current one."""
        if self.queries is not None:
            self.queries.report()

    def add(self, context: "Context") -> None:
        """Learns from a context bound inside; the first tenant and the first person stand."""
        self.tenant_id = self.tenant_id or context.tenant_id
        self.user_id = self.user_id or context.user_id
        self.under_13 = self.under_13 or context.under_13


_CHILD = f'"{UNDER_13}":"true",'


class Context:
    """The ids of one piece of work. Values are trusted: `eduscope.bind` and the middlewares check them.

    `text` is the four ids as they stand in a log line, and whether it is of a child under 13.
    """

    __slots__ = ("correlation_id", "learned", "request_id", "tenant_id", "text", "under_13", "user_id")

    def __init__(  # noqa: PLR0913, PLR0917 - built in a few places, on every request
        self,
        correlation_id: str = "",
        tenant_id: str = "",
        user_id: str = "",
        request_id: str = "",
        learned: Learned | None = None,
        under_13: bool = False,
    ) -> None:
        self.under_13 = under_13
        self.learned = learned
        self.correlation_id = correlation_id
        self.tenant_id = tenant_id
        self.user_id = user_id
        self.request_id = request_id
        self.text = (
            f'"correlation_id":"{correlation_id}","tenant_id":"{tenant_id}",'
            f'"user_id":"{user_id}","request_id":"{request_id}",{_CHILD if under_13 else ""}"duration_ms":'
        )

    def attributes(self) -> dict[str, str]:
        """The ids that are there, by name."""
        ids = {
            "correlation_id": self.correlation_id,
            "tenant_id": self.tenant_id,
            "user_id": self.user_id,
            "request_id": self.request_id,
            UNDER_13: "true" if self.under_13 else "",
        }
        return {name: value for name, value in ids.items() if value}


EMPTY = Context()
_current: ContextVar[Context] = ContextVar("eduscope_context", default=EMPTY)

current = _current.get
"""The context of the running code."""
enter = _current.set
"""Makes a context the current one; gives the token that `leave` takes."""
leave = _current.reset
"""Brings back the context before `enter`."""
