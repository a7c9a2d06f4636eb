"""`/api/errors`: what fails, grouped."""

from typing import Annotated

import msgspec
from litestar import get
from litestar.di import NamedDependency
from litestar.params import QueryParameter

from eduscope_server.api.parameters import Asked
from eduscope_server.query.failures import MAX_GROUPS, Failure, read_failures
from eduscope_server.store import Store

Limit = Annotated[int, QueryParameter(ge=1, le=MAX_GROUPS, description="Most kinds of failures.")]


class ErrorsAnswer(msgspec.Struct, frozen=True):
    """Kinds of failures, the most frequent first."""

    errors: list[Failure]


@get("/api/errors", summary="Errors, grouped", tags=["errors"])
async def list_errors(
    store: NamedDependency[Store], log_question: Asked, span_question: Asked, limit: Limit = 100
) -> ErrorsAnswer:
    """Log lines of level error or worse, and exceptions of spans without such a line, grouped.

    Two are of one kind where service, type and message agree; numbers and ids in the message don't count.
    """
    found = await read_failures(store, logs=log_question, spans=span_question, limit=limit)
    return ErrorsAnswer(found)
