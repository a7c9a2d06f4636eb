"""Records of `logging` whose text holds a raw path, a query string, a parameter or a source line: read by their parts.

What a part says is written under the contract's name for it; what must not be told is left out.
"""

import logging
import re
from typing import Any

from eduscope import access_records, queue_records
from eduscope.record_parts import Reading, arguments
from eduscope.stack import short_path, type_name

_WARNING = re.compile(r"(?s)(?P<file>.*?):(?P<line>\d+): (?P<type>\w+): (?P<said>.*?)(?:\n.*)?")
_LITERAL = re.compile(r"'(?:[^']|'')*'|\b\d+\b")

SQL = "sqlalchemy.engine"
"""SQLAlchemy names its loggers after this, an engine's own name behind it."""


def reading_of(logger: str) -> Reading | None:
    """How the records of a logger are read; None where their own message serves."""
    if logger.startswith(SQL):
        return _sqlalchemy
    return _READINGS.get(logger) or queue_records.reading_of(logger)


def _django(record: logging.LogRecord) -> tuple[object, dict[str, Any]]:
    """`Not Found: /courses/7`: what happened, without where."""
    said = record.msg.partition(":")[0] if isinstance(record.msg, str) else "request refused"
    if said.startswith("%s"):
        said = str(arguments(record, 1)[0])
    said = said.partition(" (")[0]
    status = vars(record).get("status_code")
    return said, {} if status is None else {"http.response.status_code": status}


def _httpx(record: logging.LogRecord) -> tuple[object, dict[str, Any]]:
    method, url, _version, status, _reason = arguments(record, 5)
    return "request sent", {
        "http.request.method": method,
        "http.response.status_code": status,
        "server.address": str(getattr(url, "host", "")),
    }


def _warning(record: logging.LogRecord) -> tuple[object, dict[str, Any]]:
    """A warning of Python: what it says and where, without the source line."""
    (text,) = arguments(record, 1) if record.args else (record.msg,)
    found = _WARNING.fullmatch(str(text).rstrip())
    if found is None:
        return text, {}
    return f"{found['type']}: {found['said']}", {
        "code.file.path": short_path(found["file"]),
        "code.line.number": int(found["line"]),
    }


def _sqlalchemy(record: logging.LogRecord) -> tuple[object, dict[str, Any]]:
    """`echo=True`: statements without their literals; neither parameters nor rows."""
    if record.args:
        return "parameters withheld" if str(record.msg).startswith("[") else "row withheld", {}
    return _LITERAL.sub("?", str(record.msg)), {}


def _urllib3(record: logging.LogRecord) -> tuple[object, dict[str, Any]]:
    if str(record.msg).startswith("Retrying"):
        _retries, error, _path = arguments(record, 3)
        told = {"exception.type": type_name(error)} if isinstance(error, BaseException) else {}
        return "retrying after a broken connection", told
    if "%s" not in str(record.msg).removesuffix("%s"):  # at most its last word is a path
        return str(record.msg).removesuffix("%s").strip(" :"), {}
    if record.levelno > logging.DEBUG:
        return record.getMessage(), {}
    return str(record.msg).partition("%s")[0].strip(" :") or "request sent", {}


_READINGS: dict[str, Reading] = {
    **access_records.READINGS,
    "django.request": _django,
    "httpx": _httpx,
    "httpx2": _httpx,
    "py.warnings": _warning,
    "urllib3.connectionpool": _urllib3,
}
