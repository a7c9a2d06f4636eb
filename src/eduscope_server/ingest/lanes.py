"""The two lanes a body can take to the store.

Express: the bytes are clean, and go to the engine as they came. Inspection: something in them looks personal,
or the key is bound to a tenant; Python reads each record and treats each field by its class. A body with a few records
of the second kind is divided: only those are inspected.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple, Protocol, TypeVar

import msgspec

from eduscope_server.ingest import second_look
from eduscope_server.ingest.metrics import IngestMetrics
from eduscope_server.ingest.promising import PromisingProducers
from eduscope_server.ingest.second_look import Texts
from eduscope_server.privacy.prose import Desk
from eduscope_server.privacy.vault import Vault
from eduscope_server.store import NeedsInspection, NotPlain, Store, UnreadableBlock
from eduscope_server.store.commit import GroupCommit

T = TypeVar("T")

INLINE_BYTES = 256 << 10
"""Larger bodies are scanned in a thread: 256 KiB takes the gate about a millisecond of the event loop."""
APART_BYTES = 512
"""Where matches are nearer to each other, most records have one: finding all and dividing them is time lost."""
PROSE_INLET = "rows_prose"
INLINE_INSPECTION_BYTES = 4 << 10
"""Larger bodies are inspected in a thread: a record takes Python some 10 µs."""

Rows = Callable[[bytes, str | None, Desk | None], Iterator[bytes]]
"""Reads a body's records into rows as JSON, each field treated by its class, under a tenant if one is given. The desk,
where there is one, takes learners' text for the vault."""


Divide = Callable[[bytes, Sequence[int]], tuple[bytes, bytes]]
"""Parts a body's records: those without a match, and those with one, given where the matches end."""


class Gate(Protocol):
    """Finds what may be personal in bytes; never nothing where the strict profile would find something."""

    def ends(self, data: bytes, *, apart_bytes: int = 0) -> list[int] | None:
        """Where the matches end, in order; None where they are less than so far apart, or bytes alone don't show it."""


class Block(NamedTuple):
    """What a door has checked: bytes that may be joined with others', and the service that sent them, if it says."""

    data: bytes
    producer: str = ""
    is_odd: bool = False
    """Whether the door saw something that only Python treats."""


class Signal(msgspec.Struct, frozen=True):
    """One kind of body: the inlets its bytes may go to, the inlet its rows go to, and how to read rows.

    `plain_inlet`, where there is one, is faster and takes only records that may stay as they are. `texts` gives the
    texts of records for a second look.
    """

    name: str
    express_inlet: str
    rows_inlet: str
    rows: Rows
    divide: Divide
    texts: Texts
    plain_inlet: str = ""


class Lanes:
    """Takes bodies that a door has read and checked; returns when they are stored."""

    def __init__(  # noqa: PLR0913 - built in one place, by keyword
        self,
        store: Store,
        gate: Gate,
        metrics: IngestMetrics,
        *,
        group_bytes: int,
        on_commit: Callable[[str], None] = lambda _inlet: None,
        vault: Vault | None = None,
        requests: Callable[[], int] = lambda: 0,
    ) -> None:
        """`requests` says how many requests the doors are answering now."""
        self._gate = gate
        self._vault = vault
        self._metrics = metrics
        self._plain_producers = PromisingProducers()
        self._express_producers = PromisingProducers()
        # Python's part of a large body must not hold up the event loop; two threads match two cores.
        self._threads = ThreadPoolExecutor(2, thread_name_prefix="inspect")
        self._commits = {
            inlet: GroupCommit(
                lambda block, inlet=inlet: store.insert(inlet, block),  # type: ignore[misc]
                name=inlet,
                group_bytes=group_bytes,
                on_commit=lambda inlet=inlet: on_commit(inlet),  # type: ignore[misc]
                arriving=lambda: requests() - sum(commit.blocks for commit in self._commits.values()),
            )
            for inlet in store.inlets
        }

    async def take(self, signal: Signal, block: Block, *, project: str, tenant_id: str | None) -> None:
        """Stores a block. Raises `StoreUnavailable`, or `UnreadableBlock` for this block alone."""
        producer = f"{signal.name}/{project}/{block.producer}"
        if tenant_id is None and not block.is_odd and self._express_producers.may_try(producer):
            clean, odd = await self._beside(
                lambda: self._divided(signal, block.data), is_short=len(block.data) <= INLINE_BYTES
            )
            if odd:
                await self._inspect(signal, odd, None)
            if not clean or await self._took_express(signal, clean, producer):
                return
            await self._inspect(signal, clean, None)
        else:
            await self._inspect(signal, block.data, tenant_id)

    def _divided(self, signal: Signal, body: bytes) -> tuple[bytes, bytes]:
        """The body's clean records and those to be inspected; either may be empty."""
        if self._vault is not None and self._vault.concerns(body):
            return b"", body
        ends = self._gate.ends(body, apart_bytes=APART_BYTES)
        if ends is None:
            return b"", body
        if not ends:
            return body, b""
        clean, odd = signal.divide(body, ends)
        if len(odd) <= second_look.MAX_BYTES:
            texts = signal.texts(odd)
            if texts is not None and second_look.is_clean(texts):
                return body, b""
        return clean, odd

    async def _took_express(self, signal: Signal, body: bytes, producer: str) -> bool:
        """Stores clean records as they came; False where the engine can't, or may not, take them so."""
        try:
            await self._express(signal, body, producer)
        except NeedsInspection:
            # A name or value of a shape that may not stay: like the plain inlet's producers, these are tried
            # less and less often, so that a block is not parsed twice for each of theirs.
            self._express_producers.refused(producer)
            self._metrics.odd.labels(signal.name).inc()
            return False
        except UnreadableBlock:
            # What the engine's parser can't read (a number of 400 digits, a lone surrogate) Python may.
            self._metrics.unreadable.labels(signal.name).inc()
            return False
        self._express_producers.kept(producer)
        self._count(signal, "express", body)
        return True

    async def _inspect(self, signal: Signal, body: bytes, tenant_id: str | None) -> None:
        """Stores records after Python has treated each field of theirs."""
        self._count(signal, "inspection", body)
        desk = self._vault.desk() if self._vault else None
        is_short = len(body) <= INLINE_INSPECTION_BYTES
        parts = await self._beside(lambda: signal.rows(body, tenant_id, desk), is_short=is_short)
        rows = b"\n".join([part async for part in self._each_beside(parts, is_short=is_short)])
        if self._vault and desk and desk.taken and (sealed := await self._vault.seal(desk.taken)):
            # First, so that no record ever points at a text that is not there.
            await self._commits[PROSE_INLET].commit(sealed)
        if rows.strip():
            await self._commits[signal.rows_inlet].commit(rows + b"\n")

    def close(self) -> None:
        """Stores what waits, and ends."""
        for commit in self._commits.values():
            commit.close()
        self._threads.shutdown()

    async def _express(self, signal: Signal, body: bytes, producer: str) -> None:
        """Stores clean records: through the plain inlet if its producer's blocks tend to be plain."""
        if signal.plain_inlet and self._plain_producers.may_try(producer):
            try:
                await self._commits[signal.plain_inlet].commit(body)
            except NotPlain:
                self._plain_producers.refused(producer)
                self._metrics.not_plain.labels(signal.name).inc()
            else:
                self._plain_producers.kept(producer)
                return
        await self._commits[signal.express_inlet].commit(body)

    def _count(self, signal: Signal, lane: str, body: bytes) -> None:
        self._metrics.bodies.labels(signal.name, lane).inc()
        self._metrics.body_bytes.labels(signal.name, lane).inc(len(body))

    async def _each_beside(self, parts: Iterator[bytes], *, is_short: bool) -> AsyncIterator[bytes]:
        """The parts. Each goes behind what waits already, so that no long body keeps others from the threads."""
        while (part := await self._beside(lambda: next(parts, None), is_short=is_short)) is not None:
            yield part

    async def _beside(self, work: Callable[[], T], *, is_short: bool) -> T:
        """What the work gives; done at once where it is short, else beside the event loop."""
        if is_short:
            return work()
        return await asyncio.get_running_loop().run_in_executor(self._threads, work)
