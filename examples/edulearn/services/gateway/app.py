"""The gateway over HTTP: the front end's files, its API, its session and its telemetry."""

import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable

import httpx
from fastapi import FastAPI, HTTPException, Request, Response
from fastapi.responses import FileResponse, PlainTextResponse
from fastapi.staticfiles import StaticFiles

from edulearn.launch.tokens import kept_secret
from edulearn.services.binding import bound
from edulearn.services.client import open_client
from edulearn.services.gateway import entrance, proxy, session, telemetry
from edulearn.services.plain import PLAIN
from edulearn.settings import FRONTEND, Settings

BEHIND = ("accounts", "courses", "proctoring", "tutor")
NO_FRONTEND = (
    "EduLearn's front end is not built. Run `make setup`, or `npm ci && npm run build` in its folder.\n"
)
PAGE_HEADERS = {
    "cache-control": "no-cache",
    "content-security-policy": "default-src 'self'; img-src 'self' data:; frame-ancestors 'none'",
}


def make_app(settings: Settings) -> FastAPI:
    """The gateway of one EduLearn."""
    clients = {name: open_client(settings.url(name)) for name in BEHIND}
    relay = telemetry.Relay(settings.endpoint, settings.ingest_key)

    @contextlib.asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with relay:
            yield
        for client in clients.values():
            await client.aclose()

    app = FastAPI(title="EduLearn", lifespan=lifespan, **PLAIN)
    key = kept_secret(settings.data / "session.key")
    entrance.add_routes(app, clients["accounts"], key)
    for route in proxy.ROUTES:
        app.add_api_route(route.path, _passing(clients[route.service], route, key), methods=[route.method])
    _add_telemetry(app, relay)
    _add_frontend(app)
    return app


def _passing(
    client: httpx.AsyncClient, route: proxy.Route, key: str
) -> Callable[[Request], Awaitable[Response]]:
    async def handle(request: Request) -> Response:
        body = await proxy.bounded_body(request, proxy.LARGEST_BODY_BYTES)
        if body is None:
            raise HTTPException(413, f"a request may have {proxy.LARGEST_BODY_BYTES} bytes")
        caller = session.read(request.cookies.get(session.COOKIE, ""), key)
        with bound(caller):
            return await proxy.pass_on(client, route, request, caller, body)

    return handle


def _add_telemetry(app: FastAPI, relay: telemetry.Relay) -> None:
    limit = telemetry.RateLimit()

    @app.post("/telemetry/v1/{signal}", status_code=202)
    async def report(signal: telemetry.Signal, request: Request) -> Response:
        """Takes what the browser SDK reports, as OTLP/JSON."""
        client = request.client.host if request.client else ""
        if not limit.allows(client):
            return PlainTextResponse("too many reports\n", 429, headers={"retry-after": "5"})
        body = await proxy.bounded_body(request, telemetry.LARGEST_BODY_BYTES)
        try:
            if body is None:
                raise telemetry.ReportRefused(413, "the report is too large")
            relay.put(signal, telemetry.checked(body, signal))
        except telemetry.ReportRefused as problem:
            return PlainTextResponse(f"{problem}\n", problem.status)
        return Response(status_code=202)


def _add_frontend(app: FastAPI) -> None:
    if (FRONTEND / "index.html").exists():
        app.mount("/assets", StaticFiles(directory=FRONTEND / "assets"), name="assets")

    @app.get("/")
    async def page() -> Response:
        if not (FRONTEND / "index.html").exists():
            return PlainTextResponse(NO_FRONTEND, 503)
        return FileResponse(FRONTEND / "index.html", headers=PAGE_HEADERS)
