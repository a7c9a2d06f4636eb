"""Records on a terminal. What a service wrote is shown, never obeyed: control characters become escapes."""

import json
import re
from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rich.text import Text

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
_LEVEL_STYLES = {
    "debug": "dim",
    "info": "green",
    "warning": "yellow",
    "error": "red",
    "critical": "bold white on red",
}
_STATUS_STYLES = {"error": "red", "ok": "green", "unset": ""}
# Of little use to a person who reads along; `--json` has them.
_HIDDEN = frozenset(
    {
        "client.address",
        "exception.stacktrace",
        "http.request.body.size",
        "http.response.body.size",
        "network.protocol.version",
        "url.path",
        "url.scheme",
        "user_agent.original",
    }
)
_CORRELATION_SHOWN = 8


def shown(text: object) -> str:
    """Text that cannot move the cursor, colour the screen or turn the reading direction."""
    return _CONTROL.sub(lambda match: f"\\x{ord(match[0]):02x}", str(text)).replace("\n", "\n    ")


def clock(timestamp: str) -> str:
    """A record's time of day in the reader's own zone, to the millisecond."""
    return datetime.fromisoformat(timestamp).astimezone().strftime("%H:%M:%S.%f")[:-3]


def log_line(log: Mapping[str, Any]) -> "Text":
    """A log as one coloured line (more if its message has more)."""
    from rich.text import Text

    line = Text(clock(log["timestamp"]), style="dim", end="")
    line.append(f" {log['log_level']:<8}", style=_LEVEL_STYLES.get(log["log_level"], ""))
    line.append(f" {shown(log['service_name']):<14}", style="cyan")
    line.append(f" {shown(log['message'])}")
    for name in ("tenant_id", "user_id"):
        if log.get(name):
            line.append(f" {name}={shown(log[name])}", style="dim")
    if log.get("duration_ms") is not None:
        line.append(f" {log['duration_ms']:.1f}ms", style="dim")
    for name, value in log.get("attributes", {}).items():
        if name not in _HIDDEN:
            line.append(f" {shown(name)}={shown(value)}", style="dim")
    if log.get("correlation_id"):
        line.append(f" {shown(log['correlation_id'])[:_CORRELATION_SHOWN]}…", style="magenta")
    return line


def span_line(span: Mapping[str, Any], *, depth: int = 0, start: str = "", bar: str = "") -> "Text":
    """A span as one coloured line."""
    from rich.text import Text

    line = Text(start or clock(span["timestamp"]), style="dim", end="")
    if bar:
        line.append(f" {bar}", style=_STATUS_STYLES.get(span["status"], "") or "blue")
    line.append(f" {'  ' * depth}{shown(span['service_name'])}", style="cyan")
    line.append(f" {shown(span['name'])}")
    line.append(f" {span['duration_ms']:.1f}ms", style="dim")
    if span["status"] == "error":
        line.append(f" error {shown(span.get('status_message') or '')}", style="red")
    return line


def json_line(record: Mapping[str, Any]) -> str:
    """A record as one line of JSON, for programs."""
    return json.dumps(record, ensure_ascii=False, separators=(",", ":"))
