"""Records of `logging` whose text holds a raw path, a query string or a source line: read by their parts instead.

What a part says is written under the contract's name for it; the path is left out, because only the application
knows its template.
"""

import logging
import re
from collections.abc import Callable, Mapping
from typing import Any

from eduscope.stack import short_path

Reading = Callable[[logging.LogRecord], tuple[object, dict[str, Any]]]
"""Gives a record's message and fields."""

ANSWERED = "request answered"
_METHOD = re.compile(r"[A-Z]{3,10}(?= )")
_WARNING = re.compile(r"(?s)(?P<file>.*?):(?P<line>\d+): (?P<type>\w+): (?P<said>.*?)(?:\n.*)?")


def reading_of(logger: str) -> Reading | None:
    """How the records of a logger are read; None where their own message serves."""
    return _READINGS.get(logger)


def _uvicorn(record: logging.LogRecord) -> tuple[object, dict[str, Any]]:
    address, method, _path, version, status = _arguments(record, 5)
    return ANSWERED, {
        "http.request.method": method,
        "http.response.status_code": status,
        "network.protocol.version": version,
        "client.address": str(address).rpartition(":")[0],
    }


def _granian(record: logging.LogRecord) -> tuple[object, dict[str, Any]]:
    parts = _named(record)
    return ANSWERED, {
        "http.request.method": parts["method"],
        "http.response.status_code": parts["status"],
        "client.address": str(parts["addr"]).rpartition(":")[0] or str(parts["addr"]),
        "duration_ms": parts["dt_ms"],
    }


def _gunicorn(record: logging.LogRecord) -> tuple[object, dict[str, Any]]:
    """gunicorn's and hypercorn's: the letters of Apache's log format."""
    parts = _named(record)
    return ANSWERED, {
        "http.request.method": parts["m"],
        "http.response.status_code": int(parts["s"]),
        "client.address": parts["h"],
        "duration_ms": int(parts["D"]) / 1000,
    }


def _request_line(record: logging.LogRecord) -> tuple[object, dict[str, Any]]:
    """Django's and werkzeug's development servers: the request line, the status, the size."""
    line, status, _size = _arguments(record, 3)
    method = _METHOD.search(str(line))
    return ANSWERED, {
        "http.request.method": method.group() if method else "_OTHER",
        "http.response.status_code": int(str(status)),
    }


def _werkzeug(record: logging.LogRecord) -> tuple[object, dict[str, Any]]:
    if isinstance(record.args, tuple) and len(record.args) == 3:
        return _request_line(record)
    return record.getMessage().strip(), {}


def _aiohttp(record: logging.LogRecord) -> tuple[object, dict[str, Any]]:
    parts = vars(record)
    method = _METHOD.match(str(parts.get("first_request_line", "")))
    return ANSWERED, {
        "http.request.method": method.group() if method else "_OTHER",
        "http.response.status_code": parts.get("response_status"),
        "client.address": parts.get("remote_address", ""),
    }


def _django(record: logging.LogRecord) -> tuple[object, dict[str, Any]]:
    """`Not Found: /courses/7`: what happened, without where."""
    said = record.msg.partition(":")[0] if isinstance(record.msg, str) else "request refused"
    if said.startswith("%s"):
        said = str(_arguments(record, 1)[0])
    said = said.partition(" (")[0]
    status = vars(record).get("status_code")
    return said, {} if status is None else {"http.response.status_code": status}


def _httpx(record: logging.LogRecord) -> tuple[object, dict[str, Any]]:
    method, url, _version, status, _reason = _arguments(record, 5)
    return "request sent", {
        "http.request.method": method,
        "http.response.status_code": status,
        "server.address": str(getattr(url, "host", "")),
    }


def _warning(record: logging.LogRecord) -> tuple[object, dict[str, Any]]:
    """A warning of Python: what it says and where, without the source line."""
    (text,) = _arguments(record, 1) if record.args else (record.msg,)
    found = _WARNING.fullmatch(str(text).rstrip())
    if found is None:
        return text, {}
    return f"{found['type']}: {found['said']}", {
        "code.file.path": short_path(found["file"]),
        "code.line.number": int(found["line"]),
    }


def _arguments(record: logging.LogRecord, count: int) -> tuple[Any, ...]:
    """A record's positional arguments; ValueError where there are others than expected."""
    if not isinstance(record.args, tuple) or len(record.args) < count:
        raise ValueError(f"{record.name} wrote a record with other arguments than {count}")
    return record.args[:count]


def _named(record: logging.LogRecord) -> Mapping[str, Any]:
    """A record's arguments by name."""
    if not isinstance(record.args, Mapping):
        raise ValueError(f"{record.name} wrote a record without named arguments")
    return record.args


_READINGS: dict[str, Reading] = {
    "aiohttp.access": _aiohttp,
    "django.request": _django,
    "django.server": _request_line,
    "granian.access": _granian,
    "gunicorn.access": _gunicorn,
    "httpx": _httpx,
    "hypercorn.access": _gunicorn,
    "py.warnings": _warning,
    "uvicorn.access": _uvicorn,
    "werkzeug": _werkzeug,
}
