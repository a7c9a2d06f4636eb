"""Access lines of servers: method, status, address and duration; the path is left out, because only the application
knows its template.
"""

import logging
import re
from typing import Any

from eduscope.record_parts import Reading, arguments, named

ANSWERED = "request answered"
_METHOD = re.compile(r"[A-Z]{3,10}(?= )")


def _uvicorn(record: logging.LogRecord) -> tuple[object, dict[str, Any]]:
    address, method, _path, version, status = arguments(record, 5)
    return ANSWERED, {
        "http.request.method": method,
        "http.response.status_code": status,
        "network.protocol.version": version,
        "client.address": str(address).rpartition(":")[0],
    }


def _granian(record: logging.LogRecord) -> tuple[object, dict[str, Any]]:
    parts = named(record)
    return ANSWERED, {
        "http.request.method": parts["method"],
        "http.response.status_code": parts["status"],
        "client.address": str(parts["addr"]).rpartition(":")[0] or str(parts["addr"]),
        "duration_ms": parts["dt_ms"],
    }


def _gunicorn(record: logging.LogRecord) -> tuple[object, dict[str, Any]]:
    """gunicorn's and hypercorn's: the letters of Apache's log format."""
    parts = named(record)
    return ANSWERED, {
        "http.request.method": parts["m"],
        "http.response.status_code": int(parts["s"]),
        "client.address": parts["h"],
        "duration_ms": int(parts["D"]) / 1000,
    }


def _request_line(record: logging.LogRecord) -> tuple[object, dict[str, Any]]:
    """Django's and werkzeug's development servers: the request line, the status, the size."""
    line, status, _size = arguments(record, 3)
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


READINGS: dict[str, Reading] = {
    "aiohttp.access": _aiohttp,
    "django.server": _request_line,
    "granian.access": _granian,
    "gunicorn.access": _gunicorn,
    "hypercorn.access": _gunicorn,
    "uvicorn.access": _uvicorn,
    "werkzeug": _werkzeug,
}
"""Logger to how its records are read."""
