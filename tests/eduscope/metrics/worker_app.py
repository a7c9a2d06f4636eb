"""A service whose workers share their metrics: run by tests under real servers, or alone."""

import os
import signal
import sys
import time
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

import eduscope

Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

BUSY_SECONDS = 0.02

eduscope.init(service="shared", stdout=False, tracing=False)
served = eduscope.metrics.counter("tests_served", "Served.", ("by",))
busy = eduscope.metrics.gauge("tests_busy", "Busy.")
_answer_metrics = eduscope.metrics.asgi_app()


async def app(scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
    """Counts a request; `/metrics` answers for all workers, `/die` ends this one at once."""
    if scope["type"] == "lifespan" or scope["path"] == "/metrics":
        await _answer_metrics(scope, receive, send)
        return
    if scope["path"] == "/die":
        os.kill(os.getpid(), signal.SIGKILL)
    served.add(("all",))
    busy.set((), 1)
    time.sleep(BUSY_SECONDS)  # noqa: ASYNC251 - the worker is to be busy, so that the other one gets its share
    await send({"type": "http.response.start", "status": 200, "headers": [(b"connection", b"close")]})
    await send({"type": "http.response.body", "body": str(os.getpid()).encode()})


def wsgi(
    environ: MutableMapping[str, Any], start_response: Callable[[str, list[tuple[str, str]]], object]
) -> Any:
    """The same by WSGI."""
    if environ["PATH_INFO"] == "/metrics":
        return eduscope.metrics.wsgi_app()(environ, start_response)
    if environ["PATH_INFO"] == "/die":
        os.kill(os.getpid(), signal.SIGKILL)
    served.add(("all",))
    busy.set((), 1)
    time.sleep(BUSY_SECONDS)
    start_response("200 OK", [("connection", "close")])
    return [str(os.getpid()).encode()]


def alone() -> None:
    """Counts once for each line on stdin and says so; with `fork`, once here and once in a child."""
    served.add(("all",), 100)
    if sys.argv[1:] == ["fork"]:
        if os.fork():
            os.wait()
        served.add(("all",))
        return
    for _ in sys.stdin:
        served.add(("all",))
        busy.set((), 1)
        print("counted", flush=True)  # noqa: T201 - the test waits for it


if __name__ == "__main__":
    alone()
