"""An exception as an event of the Sentry protocol, made of nothing but what may leave the process.

Source: https://develop.sentry.dev/sdk/data-model/event-payloads/
"""

import sys
from collections.abc import Iterator, Mapping
from typing import Any

from eduscope import tracing
from eduscope.context import current
from eduscope.fields import IDS, plan, safe_message
from eduscope.lifecycle import running_config
from eduscope.stack import CAUSES_MAX, FRAMES_MAX, said, short_path, type_name

WORDS_MAX_CHARS = 2048
FIELD_MAX_CHARS = 1024


def event_of(error: BaseException, fields: Mapping[str, Any]) -> dict[str, Any]:
    """The event: exception and causes with their frames, the ids of the running context, and the fields."""
    event: dict[str, Any] = {
        "level": "error",
        "platform": "python",
        "exception": {"values": [_exception(each) for each in reversed(list(_chain(error)))]},
    }
    own = safe_fields(fields)
    if own:
        event["contexts"] = {"eduscope": own}
    stamp(event)
    return event


def stamp(event: dict[str, Any]) -> None:
    """Writes on an event who and which: the ids as tags, the trace, the person's token, release, environment."""
    ids = current()
    trace_ids = _trace_ids()
    tags = {name: value for name, value in ids.attributes().items() if name != "user_id"}
    event["tags"] = {**event.get("tags", {}), **tags, **trace_ids}
    if ids.user_id:
        event["user"] = {"id": ids.user_id}
    if trace_ids:
        contexts = event.setdefault("contexts", {})
        contexts["trace"] = {**contexts.get("trace", {}), **trace_ids}
    config = running_config()
    if config is not None:
        event["environment"] = config.environment
        if config.release:
            event["release"] = config.release
        event["tags"]["service_name"] = config.service


def safe_fields(fields: Mapping[str, Any]) -> dict[str, Any]:
    """Fields under their declared names, each value judged by its class."""
    safe = {}
    for name, value in fields.items():
        if name not in IDS and name != "exc_info":
            known = plan(name)
            known.count(value)
            safe[known.key] = known.safe(value, FIELD_MAX_CHARS)
    return safe


def _chain(error: BaseException) -> Iterator[BaseException]:
    """The exception and what led to it, newest first."""
    seen: set[int] = set()
    at: BaseException | None = error
    while at is not None and id(at) not in seen and len(seen) < CAUSES_MAX:
        seen.add(id(at))
        yield at
        if isinstance(at, BaseExceptionGroup):
            yield from at.exceptions[:CAUSES_MAX]
        at = at.__cause__ or (None if at.__suppress_context__ else at.__context__)


def _exception(error: BaseException) -> dict[str, Any]:
    return {
        "type": type_name(error).rpartition(".")[2],
        "module": type(error).__module__,
        "value": safe_message(said(error), WORDS_MAX_CHARS),
        "stacktrace": {"frames": _frames(error)},
    }


def _frames(error: BaseException) -> list[dict[str, Any]]:
    """Outermost first, as Sentry wants them; of a deep stack the innermost."""
    frames = []
    trace = error.__traceback__
    while trace is not None:
        code = trace.tb_frame.f_code
        frames.append(
            {
                "filename": short_path(code.co_filename),
                "function": code.co_qualname,
                "module": str(trace.tb_frame.f_globals.get("__name__", "")),
                "lineno": trace.tb_lineno,
            }
        )
        trace = trace.tb_next
    return frames[-FRAMES_MAX:]


def _trace_ids() -> dict[str, str]:
    """The running span's ids, or nothing outside of any."""
    if tracing.active() is None:
        return {}
    ids = sys.modules["opentelemetry.trace"].get_current_span().get_span_context()
    return {"trace_id": f"{ids.trace_id:032x}", "span_id": f"{ids.span_id:016x}"} if ids.is_valid else {}
