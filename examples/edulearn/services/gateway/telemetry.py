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

_ROOTS: dict[Signal, tuple[str, str, str]] = {
    "traces": ("resourceSpans", "scopeSpans", "spans"),
    "logs": ("resourceLogs", "scopeLogs", "logRecords"),
}


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
    root, scopes, records = _ROOTS[signal]
    try:
        resources = msgspec.json.decode(body)[root]
        count = 0
        for resource in resources:
            _check_service(resource["resource"]["attributes"])
            count += sum(len(scope[records]) for scope in resource[scopes])
    except (msgspec.DecodeError, KeyError, TypeError, ValueError) as problem:
        raise ReportRefused(400, f"expected OTLP/JSON with {root}[].{scopes}[].{records}[]") from problem
    if count > MOST_RECORDS:
        raise ReportRefused(413, f"a report may have {MOST_RECORDS} records")
    return body


def _check_service(attributes: list[dict[str, Any]]) -> None:
    names = [a["value"].get("stringValue") for a in attributes if a["key"] == "service.name"]
    if names != [BROWSER_SERVICE]:
        raise ReportRefused(403, f'a browser reports as service "{BROWSER_SERVICE}" only')


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
