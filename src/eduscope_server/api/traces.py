"""`/api/traces`: the list, and one trace."""

from typing import Annotated

import msgspec
from litestar import get
from litestar.di import NamedDependency
from litestar.params import FromPath, QueryParameter

from eduscope_server.api.parameters import Asked, Cursor
from eduscope_server.api.problems import NothingFound
from eduscope_server.query.cursor import read_trace_place, write_place
from eduscope_server.query.errors import ParameterError
from eduscope_server.query.expression import Column, Compare, Is
from eduscope_server.query.scope import Scope
from eduscope_server.query.traces import MAX_PAGE, Trace, TraceReader, TraceSummary
from eduscope_server.store import Store

Limit = Annotated[int, QueryParameter(ge=1, le=MAX_PAGE, description="Most traces on the page.")]
Status = Annotated[
    str, QueryParameter(description="`error`: traces with a span that failed. `ok`: those in which none did.")
]
MinDuration = Annotated[
    float | None, QueryParameter(ge=0, description="Only traces with a span that took at least so long.")
]


class TracesAnswer(msgspec.Struct, frozen=True):
    """A page of traces, those with the newest matching span first. `next_cursor` is null on the last."""

    traces: list[TraceSummary]
    next_cursor: str | None


@get("/api/traces", summary="Search traces", tags=["traces"])
async def search_traces(  # noqa: PLR0913, PLR0917 - one for each parameter of the request
    store: NamedDependency[Store],
    span_question: Asked,
    status: Status = "",
    min_duration_ms: MinDuration = None,
    limit: Limit = 50,
    cursor: Cursor = "",
) -> TracesAnswer:
    """The traces that have a span for which everything asked holds."""
    if status not in {"", "ok", "error"}:
        raise ParameterError("status", f"is {status[:40]!r}; expected error or ok")
    question = span_question
    if status == "error":
        question = question.also(Is(Column("status", "text"), "error"))
    if min_duration_ms is not None:
        question = question.also(Compare(Column("duration_ms", "number"), ">=", min_duration_ms))
    page = await TraceReader(store).search(
        question,
        limit=limit,
        after=read_trace_place(cursor) if cursor else None,
        only_unfailed=status == "ok",
    )
    return TracesAnswer(page.traces, write_place(page.end) if page.end else None)


@get("/api/traces/{trace_id:str}", summary="One trace", tags=["traces"])
async def read_trace(
    store: NamedDependency[Store], allowed: NamedDependency[Scope], trace_id: FromPath[str]
) -> Trace:
    """Every span and log line of a trace, in time order. 404 where there is none, or none you may see."""
    trace = await TraceReader(store).read(trace_id.lower(), allowed)
    if trace is None:
        raise NothingFound("there is no trace of this id; it may still be under way, or have expired")
    return trace
