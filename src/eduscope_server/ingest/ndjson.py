"""The door for our own log lines: `POST /v1/ndjson`, one flat JSON object per line."""

import json
from codecs import BOM_UTF8
from collections.abc import Iterator
from typing import Any

import msgspec

from eduscope_server.ingest.density import check_objects
from eduscope_server.ingest.division import divided_lines
from eduscope_server.ingest.door import Format, refused_as_json
from eduscope_server.ingest.errors import Refused
from eduscope_server.ingest.inspection.ndjson import line_rows
from eduscope_server.ingest.lanes import Block, Signal
from eduscope_server.ingest.second_look import line_texts
from eduscope_server.ingest.surrogates import whole_characters
from eduscope_server.privacy.prose import Desk


class _Line(msgspec.Struct):
    """An object, whatever its fields: unknown ones are read over, which checks them and builds nothing."""


class _PlainLine(msgspec.Struct):
    """What nearly every line is: one whose message is a text."""

    message: str | None = None
    service_name: Any = ""


_check_plain_lines = msgspec.json.Decoder(_PlainLine).decode_lines
_check_lines = msgspec.json.Decoder(_Line).decode_lines
_read_lines = msgspec.json.Decoder(dict[str, Any]).decode_lines
PIECE_BYTES = 32 << 10
"""Of a body that is read into dictionaries, four times as large: they stay in the processor's cache until used."""


def _rows(body: bytes, tenant_id: str | None, desk: Desk | None = None) -> Iterator[bytes]:
    return line_rows(lines_of(body), tenant_id, desk)


def lines_of(body: bytes) -> Iterator[dict[str, Any]]:
    """The lines of a body, read a piece at a time: what was read is at hand while it is treated."""
    at = 0
    while at < len(body):
        stop = body.find(b"\n", at + PIECE_BYTES) + 1 or len(body)
        try:
            lines = _read_lines(body[at:stop])
        except msgspec.DecodeError:  # an object that goes over several lines, or a number beyond any range
            lines, stop = _read_anyhow(body[at:]), len(body)
        yield from lines
        at = stop


def _read_anyhow(body: bytes) -> list[dict[str, Any]]:
    try:
        return _read_lines(body)
    except msgspec.DecodeError:
        return [_read_leniently(line) for line in body.splitlines() if line.strip()]


def _read_leniently(line: bytes) -> dict[str, Any]:
    """A line with numbers beyond any range, which become infinite and are left out."""
    try:
        return dict(json.loads(line))
    except (ValueError, TypeError, RecursionError) as error:
        raise Refused("a line is not a JSON object, or is nested too deeply") from error


def _check(body: bytes) -> Block:
    """Every line is an object in UTF-8. The end of a line is added, and the mark that files of Windows begin with
    taken away: bodies are joined before they are stored."""
    check_objects(body)
    body = body.removeprefix(BOM_UTF8)
    try:
        body.decode()
        try:
            lines = _check_plain_lines(body)
        except msgspec.DecodeError:
            lines = None
            try:
                _check_lines(body)
            except msgspec.DecodeError:
                body = whole_characters(body)
                _check_lines(body)
    except UnicodeDecodeError as error:
        raise Refused(f"the body is not UTF-8 at byte {error.start}") from error
    except RecursionError as error:
        raise Refused("a line is nested too deeply") from error
    except msgspec.DecodeError as error:
        raise Refused(
            f"the body is not one JSON object per line: {error}",
            hint='send lines like {"timestamp": "…", "log_level": "info", "service_name": "…", "message": "…"}',
        ) from error
    whole = body if body.endswith(b"\n") or not body.strip() else body + b"\n"
    if lines is None:
        return Block(whole, is_odd=True)
    producer = lines[0].service_name if lines else ""
    return Block(whole, producer if isinstance(producer, str) else "")


LINES = Signal(
    name="lines",
    express_inlet="ndjson",
    rows_inlet="rows_logs",
    rows=_rows,
    divide=divided_lines,
    texts=line_texts,
)

_LINES = Format(content_type="application/x-ndjson", check=_check, stored=b"{}\n", refused=refused_as_json)
FORMATS = dict.fromkeys(
    ("application/x-ndjson", "application/ndjson", "application/jsonl", "application/json"), _LINES
)
