"""One call to another service, whatever client makes it: a span, a count, and the ids that travel with it."""

import time
from collections.abc import MutableMapping
from functools import lru_cache
from typing import Any

from eduscope import metrics, tracing
from eduscope.counters import counters
from eduscope.http.request import METHODS, OTHER_METHOD
from eduscope.lifecycle import running_config

TRAVELLING = ("x-correlation-id", "traceparent", "tracestate", "baggage")
"""The headers that carry a correlation and a trace."""

EVERYBODY = ("*",)

HOSTS_MAX = 200
"""Hosts that spans are named by; a service that calls more is a crawler, and its spans are named by the method."""

_durations = metrics.histogram(
    "http_client_request_duration_seconds",
    "Calls to other services, to the head of the answer.",
    labels=("http_request_method", "server_address", "http_response_status_class"),
)
_names: dict[tuple[str, str], str] = {}


class Call:
    """A call under way. Begun when it is made; `end` it once, after `answered` or `failed`. Never raises.

    As a context it fails with what is raised inside, and ends.
    """

    __slots__ = ("_host", "_method", "_name", "_span", "_started_ns", "_status")

    def __init__(self, method: str, host: str | None, port: int | None, peer: str = "") -> None:
        self._started_ns = time.perf_counter_ns()
        self._method = method if method in METHODS else OTHER_METHOD
        self._host = host or ""
        self._name = peer or self._host
        self._status = 0
        self._span: Any = None
        try:
            self._start_span(port, peer)
        except Exception:  # noqa: BLE001 - the host must never pay for being observed
            counters.failure("call")

    def __enter__(self) -> "Call":
        return self

    def __exit__(self, _kind: object, error: BaseException | None, _traceback: object) -> None:
        if error is not None:
            self.failed(error)
        self.end()

    def carry(self, headers: MutableMapping[str, str], *, propagate: bool) -> None:
        """Puts the ids into the headers of the request, where its host may have them.

        A request that was redirected still has those of the host before: a host that may not have them does
        not get those either.
        """
        try:
            if not may_have_ids(self._host):
                for name in TRAVELLING:
                    headers.pop(name, None)
            elif propagate and self._span is None:
                tracing.inject(headers)
            elif propagate:
                with tracing.inside(self._span):
                    tracing.inject(headers)
        except Exception:  # noqa: BLE001 - the host must never pay for being observed
            counters.failure("call")

    def answered(self, status: int, content_length: str | None) -> None:
        """Notes the answer's head; the body may still be on its way."""
        self._status = status
        try:
            if self._span is not None:
                _fill(self._span, status, content_length or "")
        except Exception:  # noqa: BLE001 - the host must never pay for being observed
            counters.failure("call")

    def failed(self, error: BaseException) -> None:
        """Notes that there was no answer."""
        try:
            if self._span is not None:
                tracing.fail(self._span, error)
        except Exception:  # noqa: BLE001 - the host must never pay for being observed
            counters.failure("call")

    def end(self) -> None:
        """The call is over."""
        try:
            seconds = (time.perf_counter_ns() - self._started_ns) / 1e9
            of_class = f"{self._status // 100}xx" if self._status else "none"
            trace_id = 0
            if self._span is not None:
                self._span.end()
                trace_id = tracing.kept_trace_id(self._span)
            _durations.observe((self._method, self._name, of_class), seconds, trace_id)
        except Exception:  # noqa: BLE001 - the host must never pay for being observed
            counters.failure("call")

    def _start_span(self, port: int | None, peer: str) -> None:
        spans = tracing.active()
        if spans is None:
            return
        attributes: dict[str, Any] = {"http.request.method": self._method, "server.address": self._host}
        if port is not None:
            attributes["server.port"] = port
        if peer:
            attributes["peer.service"] = peer
        self._span = spans.client_span(span_name(self._method, self._name), attributes)


def _fill(span: Any, status: int, size: str) -> None:
    span.set_attribute("http.response.status_code", status)
    if size.isascii() and size.isdigit() and len(size) < 16:
        span.set_attribute("http.response.body.size", int(size))
    if status >= 400:
        span.set_attribute("error.type", str(status))
        tracing.mark_failed(span)


def span_name(method: str, host: str) -> str:
    """`POST accounts`: the method and who is called; of an address in numbers the method alone."""
    name = _names.get((method, host))
    if name is None:
        is_name = any(letter.isalpha() for letter in host) and ":" not in host
        name = f"{method} {host}" if is_name and len(_names) < HOSTS_MAX * len(METHODS) else method
        if len(_names) < HOSTS_MAX * len(METHODS):
            _names[method, host] = name
    return name


def may_have_ids(host: str) -> bool:
    """Whether the configuration lets the correlation and the trace travel to a host."""
    config = running_config()
    return config is None or config.propagate_to == EVERYBODY or _is_listed(host.lower(), config.propagate_to)


@lru_cache(maxsize=1024)
def _is_listed(host: str, patterns: tuple[str, ...]) -> bool:
    """`accounts`, `*.school.example` for every host under it, or `*` for all."""
    return any(
        pattern in ("*", host) or (pattern.startswith("*.") and host.endswith(pattern[1:]))
        for pattern in patterns
    )
