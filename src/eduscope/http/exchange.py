"""One request and its answer, while they pass through the middleware."""

import asyncio
import time
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from eduscope.context import Context, Learned
from eduscope.http.request import Scope, body_size, method

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

CORRELATION_HEADER = b"x-correlation-id"

DISCONNECTED_STATUS = 499
"""The status recorded where the client went away before an answer began (nginx's number for it)."""


class Exchange:
    """Counts what passes and puts the correlation id into the answer."""

    __slots__ = (
        "_answer_header", "_send", "ended_ns", "headers", "learned", "method", "request_bytes",
        "response_bytes", "scope", "started_ns", "status",
    )  # fmt: skip

    def __init__(self, scope: Scope, send: Send, headers: dict[bytes, bytes]) -> None:
        self.started_ns = time.perf_counter_ns()
        self.ended_ns = 0
        self.scope = scope
        self.headers = headers
        self.method = method(scope)
        self.request_bytes = body_size(headers)
        self.response_bytes = 0
        self.status = 0
        self.learned = Learned()
        self._answer_header = b""
        self._send = send

    def belongs_to(self, context: Context) -> None:
        """Ties the exchange to its context: the answer tells the correlation id, and what is bound inside
        is learned.
        """
        context.learned = self.learned
        self._answer_header = context.correlation_id.encode()

    async def send(self, message: Message) -> None:
        """Passes a message of the answer on."""
        kind = message["type"]
        if kind == "http.response.body":
            self.response_bytes += len(message.get("body", b""))
            await self._send(message)
            if not message.get("more_body", False):
                self.ended_ns = time.perf_counter_ns()
            return
        if kind == "http.response.start":
            self.status = message["status"]
            headers = [h for h in message.get("headers", ()) if h[0] != CORRELATION_HEADER]
            headers.append((CORRELATION_HEADER, self._answer_header))
            message = {**message, "headers": headers}
        await self._send(message)

    def counting(self, receive: Receive) -> Receive:
        """`receive`, with the body counted as it comes, where its size was not declared."""
        self.request_bytes = 0

        async def counted() -> Message:
            message = await receive()
            self.request_bytes = (self.request_bytes or 0) + len(message.get("body", b""))
            return message

        return counted

    def duration_ns(self) -> int:
        """From the call of the application to the last byte of the answer, or to now where there was none."""
        return (self.ended_ns or time.perf_counter_ns()) - self.started_ns

    def result(self, error: BaseException | None) -> tuple[int, str]:
        """The status and the outcome, also where no answer was begun."""
        status = self.status
        if error is None and 200 <= status < 400:
            return status, "ok"
        if isinstance(error, asyncio.CancelledError) or (error is None and status == 0):
            return status or DISCONNECTED_STATUS, "disconnected"
        if error is not None or status >= 500:
            return status or 500, "server_error"
        return status, "client_error" if status >= 400 else "ok"
