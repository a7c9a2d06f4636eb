"""What browsers report about themselves: checked, bounded, and passed on to the platform with the ingest key.

A page must neither hold the key nor be able to speak for another service, so its reports come through here.
"""

import asyncio
import contextlib
import time
from collections import OrderedDict
from typing import Any, Literal

import httpx
import msgspec

Signal = Literal["traces", "logs"]

LARGEST_BODY_BYTES = 128 * 1024  # a browser's keepalive limit is 64 KiB; twice that leaves room
MOST_RECORDS = 500
QUEUE_BODIES = 200
BROWSER_SERVICE = "edulearn-web"
# A busy page sends one report in five seconds; a room of pupils shares one address.
REPORTS_PER_SECOND = 20.0
REPORTS_AT_ONCE = 100.0
MOST_CLIENTS = 10_000
SEND_TIMEOUT_SECONDS = 5.0


class _Attribute(msgspec.Struct):
    key: str
    value: dict[str, Any]


class _Resource(msgspec.Struct):
    attributes: list[_Attribute]


class _Spans(msgspec.Struct):
    spans: list[dict[str, Any]]


class _Logs(msgspec.Struct, rename="camel"):
    log_records: list[dict[str, Any]]


class _ResourceSpans(msgspec.Struct, rename="camel"):
    resource: _Resource
    scope_spans: list[_Spans]


class _ResourceLogs(msgspec.Struct, rename="camel"):
    resource: _Resource
    scope_logs: list[_Logs]


class _Traces(msgspec.Struct, rename="camel"):
    resource_spans: list[_ResourceSpans]

    def resources(self) -> list[_Resource]:
        return [r.resource for r in self.resource_spans]

    def count(self) -> int:
        return sum(len(scope.spans) for r in self.resource_spans for scope in r.scope_spans)


class _LogReport(msgspec.Struct, rename="camel"):
    resource_logs: list[_ResourceLogs]

    def resources(self) -> list[_Resource]:
        return [r.resource for r in self.resource_logs]

    def count(self) -> int:
        return sum(len(scope.log_records) for r in self.resource_logs for scope in r.scope_logs)


_SHAPES: dict[Signal, type[_Traces | _LogReport]] = {"traces": _Traces, "logs": _LogReport}


class ReportRefused(Exception):
    """A browser's report cannot be taken; `status` is the HTTP status that says so."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


def checked(body: bytes, signal: Signal) -> bytes:
    """The report, if it is OTLP/JSON of that signal, of bearable size, and speaks for the browser alone.

    Raises ReportRefused otherwise. What its fields may hold is the platform's to decide.
    """
    if len(body) > LARGEST_BODY_BYTES:
        raise ReportRefused(413, f"a report may have {LARGEST_BODY_BYTES} bytes")
    try:
        report = msgspec.json.decode(body, type=_SHAPES[signal])
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as problem:
        # Not what it says, which may quote the report.
        raise ReportRefused(400, f"expected OTLP/JSON of {signal}, with resource and scope") from problem
    for resource in report.resources():
        names = [a.value.get("stringValue") for a in resource.attributes if a.key == "service.name"]
        if names != [BROWSER_SERVICE]:
            raise ReportRefused(403, f'a browser reports as service "{BROWSER_SERVICE}" only')
    if report.count() > MOST_RECORDS:
        raise ReportRefused(413, f"a report may have {MOST_RECORDS} records")
    return body


class RateLimit:
    """A token bucket for each client, the oldest forgotten first."""

    def __init__(self) -> None:
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def allows(self, client: str, now_seconds: float | None = None) -> bool:
        """Whether the client may send one more report now."""
        now = time.monotonic() if now_seconds is None else now_seconds
        left, since = self._buckets.pop(client, (REPORTS_AT_ONCE, now))
        left = min(REPORTS_AT_ONCE, left + (now - since) * REPORTS_PER_SECOND)
        allowed = left >= 1
        self._buckets[client] = (left - 1 if allowed else left, now)
        if len(self._buckets) > MOST_CLIENTS:
            self._buckets.popitem(last=False)
        return allowed


class Relay:
    """Passes reports on in the background. When the platform is slow or away they are dropped and counted.

    Use as `async with Relay(endpoint, key)`. Without an endpoint every report is dropped at once.
    """

    def __init__(self, endpoint: str, ingest_key: str) -> None:
        self._endpoint = endpoint.rstrip("/")
        self._queue: asyncio.Queue[tuple[Signal, bytes]] = asyncio.Queue(QUEUE_BODIES)
        self._headers = {"authorization": f"Bearer {ingest_key}", "content-type": "application/json"}
        self._task: asyncio.Task[None] | None = None
        self.dropped = 0

    def put(self, signal: Signal, body: bytes) -> None:
        """Takes a report; never waits."""
        if not self._endpoint:
            return
        try:
            self._queue.put_nowait((signal, body))
        except asyncio.QueueFull:
            self.dropped += 1

    async def __aenter__(self) -> "Relay":
        if self._endpoint:
            self._task = asyncio.create_task(self._run())
        return self

    async def __aexit__(self, *problem: object) -> None:
        if self._task is not None:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._queue.join(), timeout=1.0)
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task

    async def _run(self) -> None:
        async with httpx.AsyncClient(timeout=SEND_TIMEOUT_SECONDS, trust_env=False) as client:
            while True:
                signal, body = await self._queue.get()
                try:
                    answer = await client.post(
                        f"{self._endpoint}/v1/{signal}", content=body, headers=self._headers
                    )
                    self.dropped += not answer.is_success
                except httpx.HTTPError:
                    self.dropped += 1
                finally:
                    self._queue.task_done()
