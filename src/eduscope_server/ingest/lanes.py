"""The two lanes a body can take to the store.

Express: the bytes are clean, and go to the engine as they came. Inspection: something in them looks personal,
or the key is bound to a tenant; Python reads each record and treats each field by its class.
"""

import asyncio
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Protocol, TypeVar

import msgspec

from eduscope_server.ingest.metrics import IngestMetrics
from eduscope_server.store import Store, UnreadableBlock
from eduscope_server.store.commit import GroupCommit

T = TypeVar("T")

INLINE_BYTES = 256 << 10
"""Larger bodies are scanned in a thread: 256 KiB takes the gate about a millisecond of the event loop."""
INLINE_INSPECTION_BYTES = 4 << 10
"""Larger bodies are inspected in a thread: a record takes Python some 100 µs."""

Rows = Callable[[bytes, str | None], Iterator[bytes]]
"""Reads a body's records into rows as JSON, each field treated by its class, under a tenant if one is given."""


class Gate(Protocol):
    """Says whether bytes may hold something personal; never no where the strict profile would find it."""

    def hit(self, data: bytes) -> bool:
        """Whether any pattern matches anywhere."""


class Signal(msgspec.Struct, frozen=True):
    """One kind of body: the inlet its bytes may go to, the inlet its rows go to, and how to read rows."""

    name: str
    express_inlet: str
    rows_inlet: str
    rows: Rows


class Lanes:
    """Takes bodies that a door has read and checked; returns when they are stored."""

    def __init__(
        self,
        store: Store,
        gate: Gate,
        metrics: IngestMetrics,
        *,
        group_bytes: int,
        on_commit: Callable[[str], None] = lambda _inlet: None,
    ) -> None:
        self._gate = gate
        self._metrics = metrics
        # Python's part of a large body must not hold up the event loop; two threads match two cores.
        self._threads = ThreadPoolExecutor(2, thread_name_prefix="inspect")
        self._commits = {
            inlet: GroupCommit(
                lambda block, inlet=inlet: store.insert(inlet, block),  # type: ignore[misc]
                name=inlet,
                group_bytes=group_bytes,
                on_commit=lambda inlet=inlet: on_commit(inlet),  # type: ignore[misc]
            )
            for inlet in store.inlets
        }

    async def take(self, signal: Signal, body: bytes, tenant_id: str | None) -> None:
        """Stores a body. Raises `StoreUnavailable`, or `UnreadableBlock` for this body alone."""
        if tenant_id is None and not await self._is_suspect(body):
            self._metrics.bodies.labels(signal.name, "express").inc()
            self._metrics.body_bytes.labels(signal.name, "express").inc(len(body))
            try:
                await self._commits[signal.express_inlet].commit(body)
                return
            except UnreadableBlock:
                # What the engine's parser can't read (a number of 400 digits, a lone surrogate) Python may.
                self._metrics.unreadable.labels(signal.name).inc()
        self._metrics.bodies.labels(signal.name, "inspection").inc()
        self._metrics.body_bytes.labels(signal.name, "inspection").inc(len(body))
        rows = await self._beside(
            lambda: b"\n".join(signal.rows(body, tenant_id)) + b"\n",
            is_short=len(body) <= INLINE_INSPECTION_BYTES,
        )
        if rows.strip():
            await self._commits[signal.rows_inlet].commit(rows)

    def close(self) -> None:
        """Stores what waits, and ends."""
        for commit in self._commits.values():
            commit.close()
        self._threads.shutdown()

    async def _is_suspect(self, body: bytes) -> bool:
        return await self._beside(lambda: self._gate.hit(body), is_short=len(body) <= INLINE_BYTES)

    async def _beside(self, work: Callable[[], T], *, is_short: bool) -> T:
        """What the work gives; done at once where it is short, else beside the event loop."""
        if is_short:
            return work()
        return await asyncio.get_running_loop().run_in_executor(self._threads, work)
