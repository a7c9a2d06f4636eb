"""What was recorded, to look at and to make assertions about."""

import itertools
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import msgspec

from eduscope.counters import counters
from eduscope.fields import RESERVED, plan
from eduscope.testing.personal import findings, places_of
from eduscope.testing.product_events import EventsInMemory, ProductEvent
from eduscope.testing.samples import Samples

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import ReadableSpan

Line = dict[str, Any]

SPEAK_OUTSIDE = frozenset({"asyncio", "httpcore", "httpx", "httpx2"})
"""Loggers whose lines may lack a correlation id: what a test's own client sends it sends outside of requests, and
Starlette's is one of httpx, with an event loop of its own.
"""

SHOWN_LINES = 20
"""Lines named in a failed assertion: enough to see what went wrong, short enough to be read."""


class Captured:
    """What was recorded so far. `capture` and the fixture `eduscope_capture` give one.

    Assertions raise AssertionError. A field is named as in a call of the logger: `course_id` is `course.id`.
    """

    def __init__(self, exporter: Any) -> None:
        self.raw: list[bytes] = []
        """The lines as they were written, each with its line break."""
        self.sender = EventsInMemory()
        self._exporter = exporter
        self._samples = Samples()
        self._failures = counters.failures.copy()
        self._undeclared = counters.undeclared.copy()

    @property
    def lines(self) -> list[Line]:
        """The lines, read. Raises where one is no JSON object."""
        return [msgspec.json.decode(line, type=Line) for line in self.raw]

    @property
    def errors(self) -> list[Line]:
        """The lines that bear an exception: `log.exception`, `eduscope.errors.report`, failed requests."""
        return [line for line in self.lines if line.get("exception.type")]

    @property
    def events(self) -> list[ProductEvent]:
        """The product events of people who agreed, as they would be sent. Each is a line as well."""
        return list(self.sender.taken)

    @property
    def spans(self) -> "list[ReadableSpan]":
        """The ended spans, as they would leave the process."""
        return list(self._exporter.get_finished_spans())

    def span(self, name: str) -> "ReadableSpan":
        """The one span of that name; KeyError where there is none, or more than one."""
        found = [span for span in self.spans if span.name == name]
        if len(found) != 1:
            raise KeyError(f"{len(found)} spans are named {name!r}; there are {[s.name for s in self.spans]}")
        return found[0]

    def metric(self, name: str, **labels: str) -> float:
        """How much a metric grew since the capture began, summed over the series that bear these labels.

        `name` is a sample's, as on `/metrics`: `http_server_request_duration_seconds_count`.
        """
        return self._samples.growth(name, labels)

    def gauge(self, name: str, **labels: str) -> float:
        """What a metric stands at, summed over the series that bear these labels."""
        return self._samples.now(name, labels)

    @property
    def undeclared(self) -> set[str]:
        """The names of the string fields that were written as tokens because the contract does not know them."""
        return set(counters.undeclared - self._undeclared)

    @property
    def failures(self) -> dict[str, int]:
        """EduScope's own faults, which a host in production is spared, by the part they happened in."""
        return dict(counters.failures - self._failures)

    def clear(self) -> None:
        """Forgets the lines, spans and events so far, and counts metrics anew."""
        self.raw.clear()
        self.sender.taken.clear()
        self._exporter.clear()
        self._samples = Samples()

    def find(self, **fields: object) -> list[Line]:
        """The lines whose fields have these values; None stands for a field that is not there."""
        wanted = {_spelled(name): value for name, value in fields.items()}
        return [line for line in self.lines if all(line.get(k) == v for k, v in wanted.items())]

    def only(self, **fields: object) -> Line:
        """The one line whose fields have these values."""
        found = self.find(**fields)
        if len(found) != 1:
            raise AssertionError(f"{len(found)} lines have {_shown(fields)}; expected one. {self._seen()}")
        return found[0]

    def assert_logged(self, message: str, **fields: object) -> Line:
        """At least one line says this, with these fields; gives the last of them."""
        found = self.find(message=message, **fields)
        if not found:
            wanted = _shown({"message": message, **fields})
            raise AssertionError(f"no line has {wanted}. {self._seen()}")
        return found[-1]

    def assert_not_logged(self, message: str, **fields: object) -> None:
        """No line says this, with these fields."""
        found = self.find(message=message, **fields)
        if found:
            raise AssertionError(f"{len(found)} lines have {_shown({'message': message, **fields})}")

    def assert_correlated(self) -> str:
        """All lines and spans bear one correlation id; gives it. What the test's own client says may have none."""
        bearers = itertools.chain(
            (
                (line["correlation_id"], f"the line {line['message']!r}")
                for line in self.lines
                if line["correlation_id"] or line.get("log.logger") not in SPEAK_OUTSIDE
            ),
            (
                (dict(s.attributes or {}).get("correlation_id", ""), f"the span {s.name!r}")
                for s in self.spans
            ),
        )
        by_id: dict[str, str] = {}
        for correlation_id, bearer in bearers:
            by_id.setdefault(str(correlation_id), bearer)
        if not by_id:
            raise AssertionError("nothing was recorded")
        if "" in by_id:
            raise AssertionError(
                f"{by_id['']} bears no correlation id: it was recorded outside of a request and of `bind`"
            )
        if len(by_id) > 1:
            raise AssertionError(f"expected one correlation id, got {len(by_id)}: {by_id}")
        return next(iter(by_id))

    def assert_declared(self) -> None:
        """Every string field has a name that the contract knows, so none was written as a token."""
        if self.undeclared:
            raise AssertionError(
                f"the contract does not know these fields: {sorted(self.undeclared)}; their strings become tokens"
            )

    def assert_no_personal_data(self, *texts: str) -> None:
        """None of the texts stands in anything recorded, and the detectors find nothing in it either.

        Give what your test put in: names, addresses, answers. The error says where, never what.
        """
        places = [
            f"text {number} ({len(text)} characters) stands in {place}"
            for number, text in enumerate(texts, 1)
            for place in places_of(text, self._records())
        ]
        places += [f"{kind} found in {place}" for kind, place in findings(self._records())]
        if places:
            raise AssertionError("; ".join(places))

    def _records(self) -> list[tuple[str, Mapping[str, Any]]]:
        """Everything recorded, each under the words that name it."""
        lines = [(f"line {number}", line) for number, line in enumerate(self.lines, 1)]
        spans = [(f"span {number}", _of_span(span)) for number, span in enumerate(self.spans, 1)]
        events = [
            (f"event {number}", {"event": e.event, "distinct_id": e.distinct_id, **e.properties})
            for number, e in enumerate(self.events, 1)
        ]
        return [*lines, *spans, *events]

    def _seen(self) -> str:
        messages = [line["message"] for line in self.lines]
        more = "" if len(messages) <= SHOWN_LINES else f" and {len(messages) - SHOWN_LINES} more"
        return f"The lines say {messages[:SHOWN_LINES]}{more}"


def _of_span(span: "ReadableSpan") -> dict[str, Any]:
    fields = {"name": span.name, "status": span.status.description, **(span.attributes or {})}
    for event in span.events:
        fields |= {f"event {event.name} {key}": value for key, value in (event.attributes or {}).items()}
    return fields


def _spelled(name: str) -> str:
    """A field's name as it stands in a line; the line's own fields have their names already."""
    return name if name in RESERVED else plan(name).key


def _shown(fields: Mapping[str, object]) -> str:
    return ", ".join(f"{_spelled(name)}={value!r}" for name, value in fields.items()) or "no condition"
