"""Runs one HTTP service in this process: the public SDK around the application, granian in front of it."""

import asyncio
import logging
import signal

from fastapi import FastAPI
from granian.constants import Interfaces
from granian.server.embed import Server
from starlette.types import ASGIApp, Receive, Scope, Send

import eduscope
from edulearn.services.caller import BindCaller

# A record of each health check, or of each report that a browser sends, would only watch the watching.
QUIET_PATHS = ("/healthz", "/telemetry/")
# httpx and granian tell of every request; the middleware's own request line says more.
QUIET_LOGGERS = ("httpx", "httpcore", "granian", "_granian", "asyncio")


def watch(service: str) -> None:
    """Turns telemetry on for this process. Where it goes is in the environment (EDUSCOPE_…)."""
    eduscope.init(service=service)
    for name in QUIET_LOGGERS:
        logging.getLogger(name).setLevel(logging.WARNING)


def instrumented(app: FastAPI) -> ASGIApp:
    """The application as it is served: health check, tenant and learner on every record, request line."""

    @app.get("/healthz", include_in_schema=False)
    async def healthz() -> dict[str, str]:
        return {"status": "ok"}

    watched = eduscope.http.ASGIMiddleware(BindCaller(app))

    async def serve_one(scope: Scope, receive: Receive, send: Send) -> None:
        quiet = scope["type"] == "http" and scope["path"].startswith(QUIET_PATHS)
        await (app if quiet else watched)(scope, receive, send)

    return serve_one


async def serve(app: FastAPI, port: int) -> None:
    """Serves on loopback until SIGTERM or SIGINT, then finishes what is under way."""
    server = Server(
        instrumented(app),
        address="127.0.0.1",
        port=port,
        interface=Interfaces.ASGI,
        log_enabled=False,
        websockets=False,
    )
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, server.stop)
    await server.serve()
