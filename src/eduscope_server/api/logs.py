"""`/api/logs`: search, count, histogram, fields, live tail."""

from typing import Annotated

import msgspec
from litestar import get
from litestar.di import NamedDependency
from litestar.params import QueryParameter
from litestar.response import Stream

from eduscope_server.api.events import as_stream
from eduscope_server.api.parameters import Asked, Cursor
from eduscope_server.query.cursor import read_log_place, write_place
from eduscope_server.query.facets import Facet, read_facets
from eduscope_server.query.histogram import MAX_BUCKETS, Bucket, read_histogram
from eduscope_server.query.logs import MAX_PAGE, LogReader
from eduscope_server.query.records import Log
from eduscope_server.query.tail import Tail
from eduscope_server.store import Store

Limit = Annotated[int, QueryParameter(ge=1, le=MAX_PAGE, description="Most records on the page.")]
Buckets = Annotated[int, QueryParameter(ge=1, le=MAX_BUCKETS, description="About how many intervals.")]


class LogsAnswer(msgspec.Struct, frozen=True):
    """A page of log lines, newest first. `next_cursor` gets the next one; null on the last."""

    logs: list[Log]
    next_cursor: str | None


class CountAnswer(msgspec.Struct, frozen=True):
    """Exactly how many records match."""

    count: int


class HistogramAnswer(msgspec.Struct, frozen=True):
    """Records over time, oldest interval first, without gaps."""

    interval_seconds: int
    buckets: list[Bucket]


class FieldsAnswer(msgspec.Struct, frozen=True):
    """Fields to search by, with frequent values among the newest records that match."""

    fields: list[Facet]


@get("/api/logs", summary="Search logs", tags=["logs"])
async def search_logs(
    store: NamedDependency[Store], log_question: Asked, limit: Limit = 100, cursor: Cursor = ""
) -> LogsAnswer:
    """The newest log lines that match, page by page. Records that arrive meanwhile don't shift the pages."""
    after = read_log_place(cursor) if cursor else None
    page = await LogReader(store).search(log_question, limit=limit, after=after)
    return LogsAnswer(page.logs, write_place(page.end) if page.end else None)


@get("/api/logs/count", summary="Count logs", tags=["logs"])
async def count_logs(store: NamedDependency[Store], log_question: Asked) -> CountAnswer:
    """How many log lines match: exactly, not estimated."""
    return CountAnswer(await LogReader(store).count(log_question))


@get("/api/logs/histogram", summary="Logs over time", tags=["logs"])
async def log_histogram(
    store: NamedDependency[Store], log_question: Asked, buckets: Buckets = 60
) -> HistogramAnswer:
    """How many log lines match in each interval, by level. Intervals are of a round length."""
    histogram = await read_histogram(store, log_question, buckets=buckets)
    return HistogramAnswer(histogram.interval_seconds, histogram.buckets)


@get("/api/logs/fields", summary="Fields to search by", tags=["logs"])
async def log_fields(store: NamedDependency[Store], log_question: Asked) -> FieldsAnswer:
    """The fields of the newest records that match, and their frequent values: help for a search box."""
    return FieldsAnswer(await read_facets(store, log_question))


@get("/api/logs/tail", summary="Live tail", tags=["logs"], media_type="text/event-stream")
async def tail_logs(tail: NamedDependency[Tail], log_question: Asked) -> Stream:
    """Server-sent events: `log` with a log line as it comes in, `dropped` with the number left out of a flood.

    `from` and `to` mean nothing here.
    """
    rounds = tail.follow(log_question.expression, log_question.scope)
    first = await anext(rounds)

    headers = {"cache-control": "no-store", "x-accel-buffering": "no"}
    return Stream(as_stream(first, rounds), media_type="text/event-stream", headers=headers)
