"""The end of an ASGI application: what waits is sent before the server hears that all is done."""

from collections.abc import Iterator
from typing import Any

import pytest
from tests.eduscope.local_platform import LocalPlatform

import eduscope
from eduscope.http import ASGIMiddleware

MESSAGES = ("lifespan.startup", "lifespan.shutdown")


async def application(scope: Any, receive: Any, send: Any) -> None:
    """One that does as ASGI says."""
    for kind in ("startup", "shutdown"):
        assert (await receive())["type"] == f"lifespan.{kind}"
        await send({"type": f"lifespan.{kind}.complete"})


async def refusing(scope: Any, receive: Any, send: Any) -> None:
    """One that knows no lifespan, like Django's."""
    raise ValueError("lifespan")


async def run(app: Any, heard: list[str], when_done: Any = lambda: None) -> None:
    """Takes an application through its life, as a server does."""
    messages: Iterator[str] = iter(MESSAGES)

    async def receive() -> dict[str, str]:
        return {"type": next(messages)}

    async def send(message: dict[str, str]) -> None:
        heard.append(message["type"])
        if message["type"] == "lifespan.shutdown.complete":
            when_done()

    await app({"type": "lifespan"}, receive, send)


@pytest.mark.parametrize("app", [ASGIMiddleware(application), ASGIMiddleware(refusing, has_lifespan=False)])
async def test_what_waits_is_sent_before_the_end(platform: LocalPlatform, stopped: None, app: Any) -> None:
    eduscope.init(
        service="courses", endpoint=platform.url, stdout=False, tracing=False, export_interval_seconds=60
    )
    eduscope.get_logger().info("the last words")
    heard: list[str] = []
    kept: list[list[Any]] = []
    await run(app, heard, lambda: kept.append(platform.lines()))
    assert heard == ["lifespan.startup.complete", "lifespan.shutdown.complete"]
    assert [line["message"] for line in kept[0]] == ["the last words"]


async def test_a_refusal_goes_on_where_lifespan_is_the_applications(stopped: None) -> None:
    with pytest.raises(ValueError, match="lifespan"):
        await run(ASGIMiddleware(refusing), [])


async def test_without_a_start_nothing_is_waited_for() -> None:
    heard: list[str] = []
    await run(ASGIMiddleware(application), heard)
    assert heard == ["lifespan.startup.complete", "lifespan.shutdown.complete"]
