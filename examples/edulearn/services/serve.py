"""Runs an asynchronous service in this process: the public SDK around the application, granian in front of it."""

import asyncio
import signal

from fastapi import FastAPI
from granian.constants import Interfaces
from granian.server.embed import Server
from starlette.types import ASGIApp, Receive, Scope, Send

import eduscope
from edulearn.services.asking import BindCaller
from edulearn.services.watching import QUIET_PATHS


def instrumented(app: FastAPI, *, serve_metrics: bool = True) -> ASGIApp:
    """The application as it is served: health check, metrics, tenant and person on every record, request line."""

    @app.get("/healthz", include_in_schema=False)
    async def healthz() -> dict[str, str]:
        return {"status": "ok"}

    metrics = eduscope.metrics.asgi_app() if serve_metrics else app
    watched = eduscope.http.ASGIMiddleware(BindCaller(app))

    async def serve_one(scope: Scope, receive: Receive, send: Send) -> None:
        path = scope["path"] if scope["type"] == "http" else ""
        if path == "/metrics":
            await metrics(scope, receive, send)
        else:
            await (app if path.startswith(QUIET_PATHS) else watched)(scope, receive, send)

    return serve_one


async def serve(app: ASGIApp, port: int) -> None:
    """Serves on loopback until SIGTERM or SIGINT, then finishes what is under way."""
    server = Server(
        app,
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
