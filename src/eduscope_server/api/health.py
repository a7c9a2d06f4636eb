"""`/healthz`, `/readyz`, `/metrics`: for the machines that watch the platform."""

import asyncio

import msgspec
from litestar import Response, get
from litestar.di import NamedDependency
from prometheus_client import CollectorRegistry
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest

from eduscope_server.state import State
from eduscope_server.store import Store, StoreError

READY_SECONDS = 2.0
"""A part that takes longer than this to say a word is as good as away."""


class HealthAnswer(msgspec.Struct, frozen=True):
    """Whether the process lives."""

    status: str


class ReadyAnswer(msgspec.Struct, frozen=True):
    """Whether requests can be served, and each part they need: `ok` or `away`."""

    ready: bool
    parts: dict[str, str]


@get("/healthz", summary="Alive", tags=["health"])
async def read_health() -> HealthAnswer:
    """Answers while the process lives, whatever is behind it."""
    return HealthAnswer("ok")


@get("/readyz", summary="Ready", tags=["health"])
async def read_readiness(
    store: NamedDependency[Store], postgresql: NamedDependency[State]
) -> Response[ReadyAnswer]:
    """503 while ClickHouse or PostgreSQL is away; which, and nothing more."""
    answers = await asyncio.gather(_store_answers(store), _state_answers(postgresql))
    parts = dict(zip(("clickhouse", "postgresql"), ("ok" if ok else "away" for ok in answers), strict=True))
    ready = all(answers)
    return Response(
        ReadyAnswer(ready, parts),
        status_code=200 if ready else 503,
        headers={"cache-control": "no-store"} | ({} if ready else {"retry-after": "2"}),
    )


@get("/metrics", summary="Metrics of the platform itself", tags=["health"], media_type="text/plain")
async def read_metrics(registry: NamedDependency[CollectorRegistry]) -> Response[bytes]:
    """In Prometheus' text format. Counts and durations only: no ids, no tenants."""
    return Response(generate_latest(registry), media_type=CONTENT_TYPE_LATEST.removesuffix("; charset=utf-8"))


async def _store_answers(store: Store) -> bool:
    try:
        await asyncio.wait_for(store.fetch("SELECT 1"), READY_SECONDS)
    except (StoreError, TimeoutError):
        return False
    return True


async def _state_answers(state: State) -> bool:
    try:
        return await asyncio.wait_for(state.is_ready(), READY_SECONDS)
    except TimeoutError:
        return False
