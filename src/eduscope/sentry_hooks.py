"""Hooks for hosts that use `sentry_sdk` by themselves: what it captured, rebuilt from what may be told.

An event is not cleaned but built anew from the parts named here, so that what a later version of an integration
adds does not pass. Nothing here imports `sentry_sdk`.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from eduscope.contract import Field, FieldClass
from eduscope.counters import counters
from eduscope.error_event import FIELD_MAX_CHARS, WORDS_MAX_CHARS, safe_fields, stamp
from eduscope.fields import safe_message
from eduscope.privacy import is_token, policy, tokenize
from eduscope.quoting import of_quoting_package
from eduscope.values import as_text

Event = dict[str, Any]

AS_THEY_ARE = (
    "event_id",
    "timestamp",
    "start_timestamp",
    "platform",
    "level",
    "type",
    "sdk",
    "modules",
    "dist",
)
"""Made by the SDK itself, of program text and times."""

REDACTED = ("logger", "release", "environment", "server_name")
FRAME_PARTS = ("filename", "function", "module", "lineno", "colno", "in_app", "platform")
MECHANISM_PARTS = (
    "type",
    "handled",
    "synthetic",
    "exception_id",
    "parent_id",
    "is_exception_group",
    "source",
)
TRACE_PARTS = ("trace_id", "span_id", "parent_span_id", "op", "status", "origin")
SPAN_PARTS = (*TRACE_PARTS, "start_timestamp", "timestamp", "same_process_as_parent")
CONTEXT_PARTS = {
    "trace": TRACE_PARTS,
    "runtime": ("name", "version"),
    "os": ("name", "version"),
    "response": ("status_code", "body_size"),
}
CRUMB_PARTS = ("type", "category", "level", "timestamp")
CRUMB_NAMES = {"url": "url.full", "method": "http.request.method", "status_code": "http.response.status_code"}
"""Names that Sentry's integrations use in breadcrumbs, and the contract's for them."""

WITHHELD_WORDS = "its words quote what it was given and are withheld"

TAG_MAX_CHARS = 200
"""Sentry refuses longer ones."""

_PATH = Field("url", FieldClass.PATH, "string", "")


def before_send(event: Event, hint: Mapping[str, Any] | None = None) -> Event | None:
    """The event as it may leave the process, with correlation, tenant and trace ids as tags.

    Kept are types, redacted words, frames without local values and source lines, the request's method and path
    template, and the person as a token. None where `eduscope.errors.report` has sent this exception already.
    """
    hint = hint or {}
    try:
        if hint.get("eduscope"):
            return event  # `eduscope.errors` made it, of nothing else
        if _reported(hint):
            return None
        safe = _rebuilt(event)
        stamp(safe)
        safe["tags"] = {name: str(value)[:TAG_MAX_CHARS] for name, value in safe["tags"].items()}
    except Exception:  # noqa: BLE001 - failing closed: what could not be checked is not sent
        counters.failure("sentry")
        return {name: event[name] for name in ("event_id", "timestamp", "type") if name in event} | {
            "level": "error",
            "platform": "python",
            "message": "an event that could not be checked was withheld",
        }
    return safe


def before_breadcrumb(crumb: Event, hint: Mapping[str, Any] | None = None) -> Event | None:
    """The breadcrumb with its words redacted and its data judged by the contract; None where that fails."""
    try:
        return _crumb(crumb)
    except Exception:  # noqa: BLE001 - failing closed: what could not be checked is not kept
        counters.failure("sentry")
        return None


def _reported(hint: Mapping[str, Any]) -> bool:
    error = (hint.get("exc_info") or (None, None))[1]
    return getattr(error, "__eduscope_reported__", False) is True


def _rebuilt(event: Event) -> Event:
    safe = {name: event[name] for name in AS_THEY_ARE if name in event}
    safe |= {name: _words(event[name]) for name in REDACTED if event.get(name)}
    if event.get("transaction"):
        safe["transaction"] = _named(event["transaction"])
    if event.get("exception"):
        safe["exception"] = {"values": [_exception(each) for each in _values(event["exception"])]}
    if event.get("threads"):
        safe["threads"] = {"values": [_thread(each) for each in _values(event["threads"])]}
    if event.get("message"):
        safe["message"] = _words(event["message"])
    if event.get("logentry"):
        kept = {name: event["logentry"].get(name) for name in ("message", "formatted")}
        safe["logentry"] = {name: _words(text) for name, text in kept.items() if text}
    if event.get("fingerprint"):
        safe["fingerprint"] = [_words(part) for part in event["fingerprint"]]
    if event.get("request"):
        safe["request"] = _request(event["request"])
    if event.get("user"):
        safe["user"] = _user(event["user"])
    if event.get("breadcrumbs"):
        safe["breadcrumbs"] = {"values": [_crumb(crumb) for crumb in _values(event["breadcrumbs"])]}
    if event.get("spans"):
        safe["spans"] = [_span(span) for span in event["spans"]]
    safe["tags"] = safe_fields(dict(event.get("tags") or {}))
    safe["extra"] = safe_fields(event.get("extra") or {})
    safe["contexts"] = _contexts(event.get("contexts") or {})
    return safe


def _values(part: Any) -> Iterable[Event]:
    """Lists stand in an event as they are or under `values`."""
    return list(part.get("values") or () if isinstance(part, Mapping) else part)


def _words(text: object) -> str:
    return safe_message(as_text(text, WORDS_MAX_CHARS * 2), WORDS_MAX_CHARS)


def _named(text: object) -> str:
    """What a request or span is called: `GET /users/4711?q=…` becomes `GET /users/{id}`."""
    words = as_text(text, FIELD_MAX_CHARS).partition("?")[0].split(" ")
    return _words(" ".join(policy.apply(_PATH, word) if "/" in word else word for word in words))


def _picked(part: Mapping[str, Any], names: Iterable[str]) -> Event:
    """The named entries that are plain; texts redacted all the same."""
    return {
        name: _words(part[name]) if isinstance(part[name], str) else part[name]
        for name in names
        if isinstance(part.get(name), (str, int, float))
    }


def _exception(part: Event) -> Event:
    safe = _picked(part, ("type", "module", "value", "thread_id"))
    if of_quoting_package(str(part.get("module") or "")):
        safe["value"] = WITHHELD_WORDS
    if part.get("mechanism"):
        safe["mechanism"] = _picked(part["mechanism"], MECHANISM_PARTS)
    if part.get("stacktrace"):
        safe["stacktrace"] = _stacktrace(part["stacktrace"])
    return safe


def _thread(part: Event) -> Event:
    safe = _picked(part, ("id", "crashed", "current", "main"))
    if part.get("stacktrace"):
        safe["stacktrace"] = _stacktrace(part["stacktrace"])
    return safe


def _stacktrace(part: Event) -> Event:
    return {"frames": [_picked(frame, FRAME_PARTS) for frame in part.get("frames") or ()]}


def _request(part: Event) -> Event:
    safe = _picked(part, ("method",))
    if part.get("url"):
        safe["url"] = policy.apply(_PATH, as_text(part["url"], FIELD_MAX_CHARS))
    return safe


def _user(part: Event) -> Event:
    """The person as the token that `eduscope.bind` would make of the same id or address."""
    named = part.get("id") or part.get("email") or part.get("username")
    if not named:
        return {}
    text = as_text(named, FIELD_MAX_CHARS)
    return {"id": text if is_token(text) else tokenize(text)}


def _crumb(crumb: Event) -> Event:
    safe: Event = {name: crumb[name] for name in CRUMB_PARTS if name in crumb}
    category = str(crumb.get("category") or "")
    if crumb.get("message"):
        safe["message"] = _statement(crumb["message"]) if category == "query" else _words(crumb["message"])
    data = crumb.get("data")
    if isinstance(data, Mapping) and data:
        safe["data"] = safe_fields({CRUMB_NAMES.get(str(k), str(k)): v for k, v in data.items()})
    return safe


def _span(span: Event) -> Event:
    """A span of a transaction. Its description may be a statement or an address."""
    safe = _picked(span, SPAN_PARTS)
    described = as_text(span.get("description") or "", FIELD_MAX_CHARS)
    is_query = str(span.get("op") or "").startswith("db")
    safe["description"] = _statement(described) if is_query else _named(described)
    safe["data"] = safe_fields(span.get("data") or {})
    return safe


def _statement(text: object) -> str:
    """What the statement does, without what it says."""
    words = as_text(text, FIELD_MAX_CHARS).split(maxsplit=1)
    return words[0].upper() if words and words[0].isalpha() else ""


def _contexts(part: Mapping[str, Any]) -> Event:
    safe = {
        name: _picked(part[name], kept)
        for name, kept in CONTEXT_PARTS.items()
        if isinstance(part.get(name), Mapping)
    }
    if isinstance(part.get("eduscope"), Mapping):
        safe["eduscope"] = safe_fields(part["eduscope"])
    return safe
