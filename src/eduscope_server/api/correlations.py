"""`/api/correlations/{id}`: one timeline from any id."""

from litestar import get
from litestar.di import NamedDependency
from litestar.params import FromPath

from eduscope_server.correlation.timeline import Timeline, read_timeline
from eduscope_server.query.errors import ParameterError
from eduscope_server.query.scope import Scope
from eduscope_server.store import Store

MAX_ID_CHARACTERS = 200
"""Longer than any id a record can have."""


@get("/api/correlations/{record_id:str}", summary="One timeline from any id", tags=["correlation"])
async def read_correlation(
    store: NamedDependency[Store], allowed: NamedDependency[Scope], record_id: FromPath[str]
) -> Timeline:
    """Everything of every kind that bears the id as its correlation, trace or request id, in time order.

    Each item says its `kind`; a span's own kind is `span_kind`. An id nothing bears has no items.
    """
    if len(record_id) > MAX_ID_CHARACTERS or not record_id.isprintable():
        raise ParameterError(
            "id", "is not one a record can have", hint="give a correlation, trace or request id"
        )
    return await read_timeline(store, record_id, allowed)
