"""The doors as the routes of the platform's web application."""

from collections.abc import Awaitable
from typing import Any

from litestar import Request, Response, post
from litestar.handlers import HTTPRouteHandler

from eduscope_server.access import IngestKey
from eduscope_server.ingest import epochs, ndjson, otlp
from eduscope_server.ingest.door import Door, Keep, Shared
from eduscope_server.ingest.lanes import Block, Lanes, Signal
from eduscope_server.privacy.person_links import PersonLinks

_DOORS = (
    ("/v1/logs", "OTLP logs", otlp.LOGS, otlp.LOG_FORMATS),
    ("/v1/traces", "OTLP traces", otlp.TRACES, otlp.TRACE_FORMATS),
    ("/v1/ndjson", "Log lines, one JSON object each", ndjson.LINES, ndjson.FORMATS),
)


def make_doors(shared: Shared, links: PersonLinks) -> list[HTTPRouteHandler]:
    """One route for each door. The bodies are read by the door itself, within its own limits."""
    routes = [
        _route(path, summary, Door(signal.name, formats, shared, _by_lanes(signal, shared.lanes)))
        for path, summary, signal, formats in _DOORS
    ]
    door = Door("epochs", epochs.FORMATS, shared, epochs.keeper(links))
    return [*routes, _route("/v1/epochs", "Tokens of one person under several keys, with a proof", door)]


def _by_lanes(signal: Signal, lanes: Lanes) -> Keep:
    def keep(block: Block, key: IngestKey) -> Awaitable[None]:
        return lanes.take(signal, block, project=key.project, tenant_id=key.tenant_id)

    return keep


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
