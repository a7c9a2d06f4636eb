"""The doors as the routes of the platform's web application."""

from typing import Any

from litestar import Request, Response, post
from litestar.handlers import HTTPRouteHandler

from eduscope_server.ingest import ndjson, otlp
from eduscope_server.ingest.door import Door, Shared

_DOORS = (
    ("/v1/logs", "OTLP logs", otlp.LOGS, otlp.LOG_FORMATS),
    ("/v1/traces", "OTLP traces", otlp.TRACES, otlp.TRACE_FORMATS),
    ("/v1/ndjson", "Log lines, one JSON object each", ndjson.LINES, ndjson.FORMATS),
)


def make_doors(shared: Shared) -> list[HTTPRouteHandler]:
    """One route for each door. The bodies are read by the door itself, within its own limits."""
    return [_route(path, summary, Door(signal, formats, shared)) for path, summary, signal, formats in _DOORS]


def _route(path: str, summary: str, door: Door) -> HTTPRouteHandler:
    @post(
        path,
        status_code=200,
        summary=summary,
        description="Answered once the records are stored. Bearer ingest key; gzip, zstd or plain.",
        tags=["ingest"],
        operation_id=f"ingest_{door.name}",
        request_max_body_size=None,
        security=[{"ingestKey": []}],
    )
    async def take(request: Request[Any, Any, Any]) -> Response[bytes]:
        return await door.answer(request)

    return take
