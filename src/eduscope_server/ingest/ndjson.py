"""The door for our own log lines: `POST /v1/ndjson`, one flat JSON object per line."""

from collections.abc import Iterator
from typing import Any

import msgspec

from eduscope_server.ingest.door import Format, refused_as_json
from eduscope_server.ingest.errors import Refused
from eduscope_server.ingest.inspection.ndjson import line_rows
from eduscope_server.ingest.lanes import Signal


class _Line(msgspec.Struct):
    """An object, whatever its fields: unknown ones are read over, which checks them and builds nothing."""


_check_lines = msgspec.json.Decoder(_Line).decode_lines
_read_lines = msgspec.json.Decoder(dict[str, Any]).decode_lines


def _rows(body: bytes, tenant_id: str | None) -> Iterator[bytes]:
    return line_rows(_read_lines(body), tenant_id)


def _check(body: bytes) -> bytes:
    """Every line is an object in UTF-8. The end of a line is added: bodies are joined before they are stored."""
    try:
        body.decode()
        _check_lines(body)
    except UnicodeDecodeError as error:
        raise Refused(f"the body is not UTF-8 at byte {error.start}") from error
    except msgspec.DecodeError as error:
        raise Refused(
            f"the body is not one JSON object per line: {error}",
            hint='send lines like {"timestamp": "…", "log_level": "info", "service_name": "…", "message": "…"}',
        ) from error
    return body if body.endswith(b"\n") or not body.strip() else body + b"\n"


LINES = Signal(name="lines", express_inlet="ndjson", rows_inlet="rows_logs", rows=_rows)

_LINES = Format(content_type="application/x-ndjson", check=_check, stored=b"{}\n", refused=refused_as_json)
FORMATS = dict.fromkeys(
    ("application/x-ndjson", "application/ndjson", "application/jsonl", "application/json"), _LINES
)
