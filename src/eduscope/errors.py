"""Failures, reported without what must not be told: to the log, and to the error monitor where the host has one.

>>> try:
...     publish(grade)
... except ValueError as error:
...     eduscope.errors.report(error, **{"course.id": "c-101"})

The monitor is whatever the host's own `sentry_sdk` sends to. For what the host and its integrations capture by
themselves, the same redaction stands ready:

>>> sentry_sdk.init(dsn=…, **eduscope.errors.sentry_options())
"""

import sys
import time
from collections.abc import Mapping
from typing import Any

from eduscope import logging
from eduscope.counters import counters
from eduscope.metrics import counter

__all__ = ["before_breadcrumb", "before_send", "notify", "report", "sentry_options"]

ERROR = 40

Event = dict[str, Any]

EVENTS_PER_SECOND_MAX = 20
"""An event costs a quarter of a millisecond of the failing code. When everything fails at once, the first of them say
it all; lines are written of each.
"""

REPORTED = "__eduscope_reported__"
"""The mark on an exception the monitor has had: on its way up, others will want to report it too."""


_reports = counter("eduscope_error_reports", "Exceptions for the error monitor.", ("result",))


def report(error: BaseException, /, **fields: Any) -> None:
    """Writes one error line and, where the host has started `sentry_sdk`, sends one event.

    Both have the exception's type, its words after redaction, its frames without local values, and the ids of
    the running context. `fields` are those of a log line, under the same rules. The monitor gets an exception once,
    however often it is reported. Never raises.
    """
    try:
        lines = logging.lines()
        if lines.threshold <= ERROR:
            lines.write(ERROR, "error reported", {**fields, "exc_info": error})
    except Exception:  # noqa: BLE001 - reporting a failure must not be one
        counters.failure("errors")
    notify(error, fields)


def notify(error: BaseException, fields: Mapping[str, Any]) -> None:
    """Sends the event alone, for those who have written a line of their own. Never raises."""
    sentry = sys.modules.get("sentry_sdk")  # a host that has not loaded it has not started it
    if sentry is None:
        return
    try:
        if not sentry.is_initialized():
            return
        if getattr(error, REPORTED, False):
            _reports.add(("repeated",))
        elif not _in_time():
            _reports.add(("limited",))
        else:
            from eduscope.error_event import event_of  # noqa: PLC0415 - only hosts with a monitor pay for it

            _mark(error)
            # Straight to the client, past the scopes: those hold the request, the user and the breadcrumbs.
            sentry.get_client().capture_event(
                event_of(error, fields), hint={"exc_info": (type(error), error, None), "eduscope": True}
            )
            _reports.add(("sent",))
    except Exception:  # noqa: BLE001 - reporting a failure must not be one
        counters.failure("errors")


def before_send(event: Event, hint: Mapping[str, Any] | None = None) -> Event | None:
    """For `sentry_sdk.init`: the event as it may leave the process; see `eduscope.sentry_hooks`."""
    from eduscope.sentry_hooks import before_send as redacted  # noqa: PLC0415 - only hosts with Sentry pay for it

    return redacted(event, hint)


def before_breadcrumb(crumb: Event, hint: Mapping[str, Any] | None = None) -> Event | None:
    """For `sentry_sdk.init`: the breadcrumb as it may leave the process."""
    from eduscope.sentry_hooks import before_breadcrumb as redacted  # noqa: PLC0415 - only hosts with Sentry pay

    return redacted(crumb, hint)


def sentry_options() -> dict[str, Any]:
    """Options for `sentry_sdk.init` under which it collects the least and sends it redacted."""
    return {
        "before_send": before_send,
        "before_send_transaction": before_send,
        "before_breadcrumb": before_breadcrumb,
        "include_local_variables": False,
        "include_source_context": False,
        "max_request_body_size": "never",
    }


class _Second:
    """How many events there were in the running second."""

    began = 0
    events = 0


def _in_time() -> bool:
    """Whether one more event may be sent in this second. A race lets a few more through, which does not matter."""
    now = int(time.monotonic())
    if now != _Second.began:
        _Second.began, _Second.events = now, 0
    _Second.events += 1
    return _Second.events <= EVENTS_PER_SECOND_MAX


def _mark(error: BaseException) -> None:
    try:
        setattr(error, REPORTED, True)
    except AttributeError:  # a class with slots: it may be reported twice
        return
