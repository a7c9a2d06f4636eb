"""`eduscope trace`: one trace as a waterfall."""

import re
from typing import Annotated, Any

import typer

from eduscope_server.cli.connection import DataOption, UrlOption, connect
from eduscope_server.cli.options import fail
from eduscope_server.cli.terminal import json_line, shown, span_line

_BAR_WIDTH = 30
_TRACE_ID = re.compile(r"[0-9a-fA-F]{32}")


def trace(
    trace_id: Annotated[str, typer.Argument(help="The trace's id, 32 hexadecimal digits.")],
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
    url: UrlOption = "",
    data: DataOption = "",
) -> None:
    """Show one trace: which service called which, and where the time went."""
    from rich.console import Console

    if not _TRACE_ID.fullmatch(trace_id):
        fail(
            f'"{shown(trace_id)}" is no trace id; expected 32 hexadecimal digits. '
            "`eduscope correlate` takes an id of any kind",
            code=2,
        )
    found = connect(url, data).get(f"/api/traces/{trace_id.lower()}")
    if as_json:
        typer.echo(json_line(found))
        return
    console = Console(highlight=False, soft_wrap=True)
    console.print(
        f"trace {shown(found['trace_id'])}  correlation {shown(found['correlation_id'])}", markup=False
    )
    console.print(f"{found['duration_ms']:.1f} ms, {len(found['spans'])} spans, {len(found['logs'])} logs")
    start_ms = _milliseconds(found["timestamp"])
    for depth, span in in_call_order(found["spans"]):
        offset_ms = _milliseconds(span["timestamp"]) - start_ms
        bar = waterfall_bar(offset_ms, span["duration_ms"], whole_ms=found["duration_ms"], width=_BAR_WIDTH)
        console.print(span_line(span, depth=depth, start=f"{offset_ms:9.1f}", bar=bar))
    if found["truncated"]:
        console.print("… and more: this trace is larger than is shown here")


def in_call_order(spans: list[dict[str, Any]]) -> list[tuple[int, dict[str, Any]]]:
    """Spans with their depth, each before what it called, by start; one without its parent stands on top."""
    ids = {span["span_id"] for span in spans}
    called: dict[str, list[dict[str, Any]]] = {}
    for span in sorted(spans, key=lambda span: str(span["timestamp"])):
        parent = span["parent_span_id"] if span["parent_span_id"] in ids else ""
        called.setdefault(parent, []).append(span)
    ordered: list[tuple[int, dict[str, Any]]] = []
    waiting = [(0, span) for span in reversed(called.pop("", []))]
    while waiting:
        depth, span = waiting.pop()
        ordered.append((depth, span))
        waiting += [(depth + 1, child) for child in reversed(called.pop(span["span_id"], []))]
    return ordered


def waterfall_bar(offset_ms: float, duration_ms: float, *, whole_ms: float, width: int) -> str:
    """A bar of `width` cells that shows when in the whole something ran; at least one cell is filled."""
    if whole_ms <= 0:
        return "█" * width
    start = min(width - 1, max(0, round(offset_ms / whole_ms * width)))
    length = min(width - start, max(1, round(duration_ms / whole_ms * width)))
    return " " * start + "█" * length + " " * (width - start - length)


def _milliseconds(timestamp: str) -> float:
    from datetime import datetime

    return datetime.fromisoformat(timestamp).timestamp() * 1000
