"""Runs one HTTP service in this process: the public SDK around the application, granian in front of it."""

import asyncio
import logging
import signal

from fastapi import FastAPI
from granian.constants import Interfaces
from granian.server.embed import Server

import eduscope
from edulearn.services.caller import BindCaller

# httpx and granian tell of every request; the middleware's own request line says more.
QUIET_LOGGERS = ("httpx", "httpcore", "granian", "_granian", "asyncio")


def watch(service: str) -> None:
    """Turns telemetry on for this process. Where it goes is in the environment (EDUSCOPE_…)."""
    eduscope.init(service=service)
    for name in QUIET_LOGGERS:
        logging.getLogger(name).setLevel(logging.WARNING)


def instrumented(app: FastAPI) -> eduscope.http.ASGIMiddleware:
    """The application as it is served: health check, tenant and learner on every record, request line."""

    @app.get("/healthz", include_in_schema=False)
    async def healthz() -> dict[str, str]:
        return {"status": "ok"}

    return eduscope.http.ASGIMiddleware(BindCaller(app))


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
