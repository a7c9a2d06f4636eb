"""Puts the platform together: builds every part, hands each what it needs, runs, drains, stops."""

import asyncio
import contextlib
import gc
import os
import shutil
import signal
import sys
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from dataclasses import replace
from functools import partial
from hashlib import blake2b
from pathlib import Path
from typing import TypeVar

from granian.constants import Interfaces
from granian.log import LogLevels
from granian.server.embed import Server
from litestar import Litestar
from prometheus_client import CollectorRegistry

import eduscope
from eduscope.privacy import KeyRing, NetworkBits, tokenize, use_network_bits, use_ring
from eduscope.privacy.batch import batch_redactor
from eduscope.privacy.gate import Gate
from eduscope.privacy.key_source import KeySource
from eduscope.privacy.roster import Roster
from eduscope_server.access import Access
from eduscope_server.api import create_app
from eduscope_server.config import Settings
from eduscope_server.debugging import DebugWindow, DebugWindows
from eduscope_server.debugging.windows import Tell
from eduscope_server.folder_lock import lock_folder
from eduscope_server.ingest.admission import Admission
from eduscope_server.ingest.body import Limits
from eduscope_server.ingest.door import Shared
from eduscope_server.ingest.doors import make_doors
from eduscope_server.ingest.lanes import Lanes
from eduscope_server.ingest.metrics import IngestMetrics
from eduscope_server.ingest.own_lines import OwnLines
from eduscope_server.listening import free_address
from eduscope_server.privacy.certificate import KEY_FILE, Signer
from eduscope_server.privacy.declared_fields import DeclaredFields
from eduscope_server.privacy.erasure import Erasure, Erasures
from eduscope_server.privacy.findings import Findings
from eduscope_server.privacy.key_rotation import followed, key_source, token_key
from eduscope_server.privacy.retention import Under13Retention
from eduscope_server.privacy.roster_files import RosterFiles, Withholding
from eduscope_server.privacy.rosters import Rosters
from eduscope_server.privacy.vault import Revealed, Vault
from eduscope_server.query.tail import Tail
from eduscope_server.state import State
from eduscope_server.store import Store

RELEASE = eduscope.__version__
T = TypeVar("T")
COLLECTED_EVERY = 20_000
"""New objects, less those freed, after which Python looks for cycles; a body of 500 events makes 2,000 for a while."""
SHARED_MEMORY = Path("/dev/shm")  # noqa: S108 - the folder made there is this user's alone


def serve(settings: Settings) -> None:
    """Runs the platform until SIGINT or SIGTERM, then drains and stops it.

    Its own log lines are in the contract's shape, on standard output. They go to no platform, not even this
    one: a store that fails must not log into itself.
    """
    debug = settings.log_level == "debug"
    eduscope.init(
        service="eduscope",
        environment="development" if debug else "production",
        release=RELEASE,
        log_level=settings.log_level,
        endpoint="",
        # The ring is the platform's to take, from the same variables.
        token_keys="",
        token_keys_file="",
    )
    try:
        asyncio.run(_serve(settings))
    finally:
        eduscope.shutdown()


async def _serve(settings: Settings) -> None:
    settings = replace(settings, listen=free_address(settings.listen))
    async with opened(settings) as (app, access):
        server = Server(
            app,
            address=settings.listen.host,
            port=settings.listen.port,
            interface=Interfaces.ASGI,
            websockets=False,
            backlog=1024,
            log_enabled=False,
            log_level=LogLevels.warning,
        )
        serving = asyncio.create_task(server.serve())
        stop = asyncio.Event()
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, stop.set)
        await _announce(settings, access)
        _spare_the_collector()
        stopping = asyncio.create_task(stop.wait())
        await asyncio.wait({serving, stopping}, return_when=asyncio.FIRST_COMPLETED)
        app.state.end_streams()  # a live tail never ends by itself: the server would wait for it
        server.stop()  # type: ignore[no-untyped-call]  # granian declares no return
        # Cut short, it is cancelled; ended by itself, it says why: a port that is taken, say.
        await asyncio.wait_for(serving, timeout=settings.shutdown_seconds)


def _spare_the_collector() -> None:
    """What start-up made stays as long as the process: Python's collector need not walk through it again and again,
    which took a sixth of the event loop's time under load. What a request makes is mostly freed without it."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(COLLECTED_EVERY, 20, 20)


@contextlib.asynccontextmanager
async def opened(settings: Settings) -> AsyncIterator[tuple[Litestar, Access]]:
    """The platform's web application with everything behind it; closes it all in order.

    1. The lock of the data folder, the key ring, the folder for temporary files.
    2. The two databases; beside them the rosters are read.
    3. Access, the lanes and doors, the web application.
    On the way out: the lanes store what waits, then the databases close.
    """
    async with contextlib.AsyncExitStack() as stack:
        # First of all: what follows clears the folder of temporary files, which another platform may be using.
        stack.callback(lock_folder(settings.data).close)
        source = key_source(
            token_keys=settings.token_keys, file=settings.key_file, may_make=not settings.token_keys_file
        )
        ring = _prepare(source, settings)
        # What takes seconds goes beside the start of the databases.
        _begun(stack, batch_redactor)  # the first body needs it
        roster_files = RosterFiles(settings.data / "rosters", ring)
        rosters_found = _begun(stack, roster_files.read_all)
        registry = CollectorRegistry()
        stack.enter_context(_temporary_folder(settings.data))
        state = await State.open(settings.postgres, settings.data / "postgres")
        stack.push_async_callback(state.close)
        store = await asyncio.to_thread(
            Store.open,
            settings.clickhouse,
            settings.data / "clickhouse",
            token_key=token_key(ring),
        )
        stack.callback(store.close)
        access = await Access.open(state, settings)
        stack.push_async_callback(access.close)
        rosters = await _rosters(stack, state, roster_files, await rosters_found)
        metrics = IngestMetrics(registry)
        tail = Tail(store)
        loop = asyncio.get_running_loop()

        def on_commit(_inlet: str) -> None:
            """Called in a commit's thread: wakes the live tails in the loop's."""
            with contextlib.suppress(RuntimeError):  # the loop has ended: nobody watches any more
                loop.call_soon_threadsafe(tail.notify)

        vault = Vault(state, store, ring)
        await vault.start()
        stack.push_async_callback(vault.stop)
        links = await stack.enter_async_context(
            followed(source, ring, state=state, store=store, parts=[vault.use_ring, rosters.use_ring])
        )
        admission = Admission(settings.max_waiting_bytes)
        lanes = Lanes(
            store,
            Gate.compile(),
            metrics,
            group_bytes=settings.commit_bytes,
            on_commit=on_commit,
            vault=vault,
            requests=lambda: admission.requests,
        )
        stack.push_async_callback(asyncio.to_thread, lanes.close)
        metrics.held_bytes.set_function(lambda: admission.held_bytes)
        own_lines = OwnLines(lanes, environment="production", release=RELEASE)
        windows = DebugWindows(state, tell=_teller(own_lines))
        await windows.start()
        stack.push_async_callback(windows.stop)
        declared_fields = DeclaredFields(state, follow=partial(asyncio.to_thread, store.follow_contract))
        await declared_fields.start()
        stack.push_async_callback(declared_fields.stop)
        findings = Findings(store)
        findings.start()
        stack.push_async_callback(findings.stop)
        vault.tell = _reveal_teller(own_lines)
        people = Erasures(
            state,
            store,
            Signer.from_file(settings.data / KEY_FILE),
            release=RELEASE,
            forget=vault.forget,
            tell=_erasure_teller(own_lines),
        )
        children = Under13Retention(state, store)
        for ending in (people, children):
            await ending.start()
            stack.push_async_callback(ending.stop)
        shared = Shared(access, lanes, admission, _limits(settings), metrics, windows.seconds_left)
        app = create_app(
            store=store,
            state=state,
            access=access,
            doors=make_doors(shared, links),
            registry=registry,
            tail=tail,
            windows=windows,
            declared_fields=declared_fields,
            people=people,
            links=links,
            vault=vault,
            children=children,
            rosters=rosters,
            public_url=settings.public_url,
        )
        yield app, access


def _limits(settings: Settings) -> Limits:
    return Limits(body_bytes=settings.max_body_bytes, decompressed_bytes=settings.max_decompressed_bytes)


def _begun(stack: contextlib.AsyncExitStack, work: Callable[[], T]) -> "asyncio.Task[T]":
    """Work that goes on in a thread beside the rest of the start; its end is waited for in any case."""
    task = asyncio.create_task(asyncio.to_thread(work))

    async def ended() -> None:
        await asyncio.gather(task, return_exceptions=True)

    stack.push_async_callback(ended)
    return task


async def _rosters(
    stack: contextlib.AsyncExitStack,
    state: State,
    files: RosterFiles,
    found: Mapping[str, Roster | Withholding],
) -> Rosters:
    """The rosters, put to work: before anything is taken in, so that no text is looked at without them."""
    rosters = Rosters(state, files)
    await rosters.start(found)
    stack.callback(rosters.stop)
    return rosters


def _teller(lines: OwnLines) -> Tell:
    """Puts on record, in the platform's own store, what happened to a debug window."""

    async def tell(event: str, window: DebugWindow, by: str) -> None:
        await lines.write(
            "warning",
            event,
            user_id=tokenize(by),
            fields={
                "debug.window_id": window.window_id,
                "debug.service_name": window.service_name,
                "debug.environment": window.environment,
                "debug.minutes": (window.ends_at - window.opened_at).total_seconds() / 60,
                "debug.reason": window.reason,
            },
        )

    return tell


def _erasure_teller(lines: OwnLines) -> Callable[[Erasure], Awaitable[None]]:
    """Puts on record that somebody was erased, and not who."""

    async def tell(erasure: Erasure) -> None:
        await lines.write(
            "warning",
            "person erased",
            user_id=tokenize(erasure.requested_by),
            fields={
                "privacy.erasure_id": erasure.erasure_id,
                "privacy.rows": sum(erasure.found.values()),
                "privacy.reason": erasure.reason,
            },
        )

    return tell


def _reveal_teller(lines: OwnLines) -> Callable[[Revealed, str, str], Awaitable[None]]:
    """Puts on record that a learner's text was revealed."""

    async def tell(revealed: Revealed, by: str, purpose: str) -> None:
        await lines.write(
            "warning",
            "prose revealed",
            user_id=tokenize(by),
            fields={"privacy.prose_id": revealed.id, "privacy.purpose": purpose},
        )

    return tell


def _prepare(source: KeySource, settings: Settings) -> KeyRing:
    """Tells the library what this process makes tokens with, and how much of an address stays."""
    use_network_bits(NetworkBits(settings.network_bits_v4, settings.network_bits_v6))
    ring = source.ring()
    use_ring(ring)
    return ring


@contextlib.contextmanager
def _temporary_folder(data: Path) -> Iterator[None]:
    """Python's temporary files go to a private folder, in memory where there is shared memory.

    An embedded insert passes through one: in memory it costs a copy instead of a write. What a killed process
    left is removed at the start.
    """
    name = f"eduscope-{os.getuid()}-{blake2b(str(data.absolute()).encode(), digest_size=6).hexdigest()}"
    folder = SHARED_MEMORY / name if os.access(SHARED_MEMORY, os.W_OK) else data / "temporary"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(mode=0o700)
    before, tempfile.tempdir = tempfile.tempdir, str(folder)
    try:
        yield
    finally:
        tempfile.tempdir = before
        shutil.rmtree(folder, ignore_errors=True)


async def _announce(settings: Settings, access: Access) -> None:
    """Says where the platform is, how to get in, and, once, the keys it made."""
    code = await access.make_login_code()
    lines = [f"EduScope is at {settings.url}", f"Open the console: {settings.url}/login?code={code}"]
    lines += [
        f"The {first.kind} key, shown once and kept under {settings.data}: {first.key}"
        for first in access.first_keys
        if first.is_new
    ]
    sys.stdout.write("\n".join(lines) + "\n")
    sys.stdout.flush()
