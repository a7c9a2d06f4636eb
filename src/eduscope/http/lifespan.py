"""The end of an ASGI application: what waits is sent before the server ends the process.

A server that was told to end by a signal may send itself the same signal again when it is done, as uvicorn does; the
process then ends without `atexit`, and what waited would be lost. ASGI's lifespan says before that the end has come.
"""

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from eduscope.counters import counters
from eduscope.lifecycle import flush, running_config

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Any, Any, Any], Awaitable[None]]

ENDINGS = frozenset({"lifespan.shutdown.complete", "lifespan.shutdown.failed"})


async def observe(app: App, scope: Any, receive: Receive, send: Send) -> None:
    """Passes the lifespan through, and sends what waits before the server hears that all is done."""

    async def sending(message: Message) -> None:
        if message["type"] in ENDINGS:
            await _flush()
        await send(message)

    await app(scope, receive, sending)


async def nothing_of_its_own(scope: Any, receive: Receive, send: Send) -> None:
    """The lifespan of an application that has none, such as Django's: it is ready at once, and done at once."""
    for kind in ("startup", "shutdown"):
        await receive()
        await send({"type": f"lifespan.{kind}.complete"})


async def _flush() -> None:
    """Waits no longer than the end of the process would, and beside the event loop where it is asyncio's."""
    config = running_config()
    if config is None:
        return
    try:
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:  # another event loop; at the end of an application it may wait
            flush(config.shutdown_timeout_seconds)
        else:
            await loop.run_in_executor(None, flush, config.shutdown_timeout_seconds)
    except Exception:  # noqa: BLE001 - the host's end must not fail for being observed
        counters.failure("lifespan")
