"""What every middleware does around a request, whatever its interface: context, span, line and count."""

from typing import Any

from eduscope import errors, logging, tracing
from eduscope.baggage import inbound
from eduscope.config import Config
from eduscope.context import UNDER_13, Context, enter, leave
from eduscope.counters import counters
from eduscope.http import request as req
from eduscope.http.exchange import Exchange, is_gone
from eduscope.http.record import Recorder
from eduscope.lifecycle import running_config
from eduscope.metrics import requests
from eduscope.told import TOLD, tell

INFO, ERROR = 20, 40


class Observer:
    """Observes the requests of one middleware under the configuration that runs."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._config: Config | None = None
        self._trust_baggage = True
        self._recorder = Recorder(None)

    def recorder(self) -> Recorder:
        """What records requests now; made once per `init`, so that a middleware may be made before it."""
        config = running_config()
        if config is not self._config:
            self._config = config
            self._trust_baggage = config is None or config.trust_baggage
            self._recorder = Recorder(config)
        return self._recorder

    def context(self, exchange: Exchange) -> Context:
        """The context of an arriving request; what is bound inside is learned."""
        headers = exchange.headers
        correlation, baggage = headers.get(b"x-correlation-id"), headers.get(b"baggage")
        context = exchange.context = inbound(
            None if correlation is None else correlation.decode("latin-1"),
            None if baggage is None else baggage.decode("latin-1"),
            trust_baggage=self._trust_baggage,
        )
        context.learned = exchange.learned
        return context

    def start_span(self, exchange: Exchange) -> None:
        """Starts the server's span, current until `end`. It gets its ids with its other attributes, when
        the answer is known.
        """
        spans = tracing.active()
        if spans is not None:
            headers = exchange.headers
            exchange.span = spans.server_span(
                exchange.method,
                headers.get(b"traceparent", b"").decode("latin-1"),
                req.text(headers.get(b"tracestate", b"")),
                headers.get(b"baggage", b"").decode("latin-1") if self._trust_baggage else "",
            )

    def record(self, exchange: Exchange, error: BaseException | None) -> None:
        """Records what is known now that the answer is over: line, span and count. Never raises.

        The line has the request's own ids, wherever in the application the answer ended.
        """
        exchange.written = True
        duration_ns = exchange.duration_ns()
        token = enter(exchange.context)
        resumed = None
        try:
            if exchange.span is not None:
                resumed = exchange.span.resume()
            self._record(exchange, error, duration_ns)
        except Exception:  # noqa: BLE001 - the host must never pay for being observed
            counters.failure(self._name)
        finally:
            if resumed is not None:
                exchange.span.suspend(resumed)
            leave(token)

    def end(self, exchange: Exchange, error: BaseException | None) -> None:
        """The application is done, its background work too. Never raises."""
        try:
            exchange.learned.end()
        except Exception:  # noqa: BLE001 - the host must never pay for being observed
            counters.failure(self._name)
        if not exchange.written:
            self.record(exchange, error)
        elif isinstance(error, Exception) and not is_gone(error):
            self._record_late(error)
        exchange.learned.end()
        if exchange.span is not None:
            try:
                exchange.span.end(exchange.duration_ns())
            except Exception:  # noqa: BLE001 - the host must never pay for being observed
                counters.failure(self._name)

    def _record(self, exchange: Exchange, error: BaseException | None, duration_ns: int) -> None:
        if error is None and exchange.status >= 500:
            error = exchange.told_error()
        status, outcome = exchange.result(error)
        route = exchange.route()
        recorder = self._recorder
        known = recorder.known(exchange, route, status, outcome)
        text, attributes = recorder.own(exchange)
        ids = learned_ids(exchange)
        failure = failure_of(error)
        _write_line(known.text + text, ids, duration_ns, status, failure)
        span = exchange.span
        requests.observe(
            exchange.method, route, status, duration_ns / 1e9, 0 if span is None else span.kept_trace_id()
        )
        if span is not None:
            attributes |= known.attributes
            context = exchange.context
            attributes["correlation_id"] = context.correlation_id
            attributes["request_id"] = context.request_id
            if context.tenant_id:
                attributes["tenant_id"] = context.tenant_id
            if ids:
                attributes |= ids
            span.finish(known.span_name, attributes, failure, failed=status >= 500)

    def _record_late(self, error: Exception) -> None:
        """What failed after the answer was out: the request's line is written, so it gets one of its own."""
        try:
            if not getattr(error, TOLD, False):
                tell(error)
                logging.lines().write(ERROR, "work after the answer failed", {"exc_info": error})
                errors.notify(error, {})
        except Exception:  # noqa: BLE001 - the host must never pay for being observed
            counters.failure(self._name)


def failure_of(error: BaseException | None) -> BaseException | None:
    """The exception that is a failure of the service: a client that goes away is none."""
    return None if error is None or is_gone(error) else error


def learned_ids(exchange: Exchange) -> dict[str, str]:
    """The tenant and the person bound inside, where they are not the request's own already."""
    learned, ids = exchange.learned, {}
    if learned.tenant_id and learned.tenant_id != exchange.context.tenant_id:
        ids["tenant_id"] = learned.tenant_id
    if learned.user_id:
        ids["user_id"] = learned.user_id
    if learned.under_13 and not exchange.context.under_13:
        ids[UNDER_13] = "true"
    return ids


def _write_line(
    text: str, ids: dict[str, str], duration_ns: int, status: int, failure: BaseException | None
) -> None:
    lines = logging.lines()
    failed = status >= 500
    level = ERROR if failed else INFO
    if level < lines.threshold:
        return
    line: dict[str, Any] = {"duration_ms": duration_ns / 1e6}
    if ids:
        line |= ids
    if isinstance(failure, Exception):
        line["exc_info"] = failure
        tell(failure)
    lines.write(level, "request failed" if failed else "request handled", line, text)
    if isinstance(failure, Exception):
        errors.notify(failure, {})
