"""One log line: a flat JSON object with every mandatory field, whatever the host passes.

The speed comes from what is written once and reused: the ids of a context, the names of service and level,
the verdict on a message or a value, the second of the clock. A line is then one formatted string and one
write.
"""

import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any, Final

from eduscope.binding import derive
from eduscope.context import current
from eduscope.counters import counters
from eduscope.fields import IDS, KNOWN_CHARS_MAX, KNOWN_MAX, plans, safe_message
from eduscope.sampling import KEEP_ALL, WARNING, Sampling
from eduscope.stack import exception_fields
from eduscope.values import as_number, as_text, evaluated, is_a, number, quoted

LEVELS: Final = {"debug": 10, "info": 20, "warning": 30, "error": 40, "critical": 50}
"""The numbers are those of Python's own `logging`."""

NO_TRACE: Final = '"trace_id":"","span_id":""'
"""What a line says of its trace where there is none."""

THREE_DIGITS: Final = tuple(f"{n:03d}" for n in range(1000))
"""Microseconds are written as two of them: two thirds of the price of `"%06d" %`."""

UNWRITABLE: Final = "a log line could not be written as it was given"
"""The message in place of a line on which the SDK itself failed."""

MESSAGES_MAX = 4 * KNOWN_MAX
"""Verdicts on messages remembered."""

SMALL: Final = 2**30
"""Whole numbers below it, down to its opposite, are compared and written quickest; others take the long way."""
SMALL_NEGATIVE: Final = -SMALL

LONGEST_MS: Final = 1e12
"""Thirty years: durations beyond it, and negative ones, take the long way."""

SECOND_NS: Final = 1_000_000_000


class Lines:
    """Makes and writes the lines of one configuration. Safe in any thread; never raises."""

    def __init__(  # noqa: PLR0913 - built in one place, by keyword
        self,
        *,
        service: str,
        environment: str,
        release: str,
        level: str,
        write: Callable[[bytes], object],
        chars_max: int = 8192,
        clock_ns: Callable[[], int] = time.time_ns,
        trace_text: Callable[[], str] = lambda: NO_TRACE,
        sampling: Sampling = KEEP_ALL,
    ) -> None:
        self.threshold = LEVELS[level]
        self.chars_max = chars_max
        self.trace_text = trace_text
        self._clock_ns = clock_ns
        self._emit = write
        self._leads = {
            n: f'Z","log_level":"{name}","service_name":{quoted(service)},' for name, n in LEVELS.items()
        }
        self._middle = f',"environment":{quoted(environment)},"release":{quoted(release)},'
        self._messages: dict[Any, str] = {}
        self._sampling = sampling
        self._stamp = (0, _stamp(0))
        self.epoch = object()
        """Another one once verdicts are forgotten, for who remembers what these lines gave."""

    def forget(self) -> None:
        """Forgets every verdict on messages: what they are looked at with is another."""
        self._messages = {}
        self.epoch = object()

    def write(self, level: int, message: object, fields: Mapping[str, Any], bound: str = "") -> None:  # noqa: PLR0912 - one loop, not spread over calls: they are what costs
        """Writes one line. `bound` is the JSON of the fields a logger carries, as `fields_text` gives it."""
        try:
            since, stamp = self._stamp
            past = self._clock_ns() - since
            if not 0 <= past < SECOND_NS:
                past, stamp = self._next_second(past + since)
            said = self._messages.get(message) if type(message) is str else None
            if said is None:
                sampling = self._sampling
                sampled = sampling.events and sampling.is_sampled(message)
                if sampled and level < WARNING:
                    if not sampling.keeps(_journey(fields)):
                        counters.sampled_out += 1
                        return
                    if "sample_rate" not in fields:
                        bound += f',"sample_rate":{sampling.share}'
                said = self._judge_message(message, remember=not sampled)
            ids = current().text
            duration = "null"
            for key, value in fields.items():
                known = plans[key]
                if known.odd:
                    if known.special:
                        if key == "duration_ms":
                            if type(value) is float and 0.0 <= value < LONGEST_MS:
                                # Half the price of `round` and `repr`.
                                duration = "%.3f" % value  # noqa: UP031
                            else:
                                duration = _milliseconds(value)
                        else:
                            ids, bound = self._special(key, fields, ids, bound)
                        continue
                    if known.undeclared:
                        known.count(value)
                    if known.alias and known.key in fields:
                        continue
                if type(value) is str:
                    bound += known.known.get(value) or known.learn(value, self.chars_max)
                elif type(value) is int and known.numbers and SMALL_NEGATIVE < value < SMALL:
                    bound += f"{known.lead}{value}"
                else:
                    bound += known.other(value, self.chars_max)
            counters.lines[level] += 1
            thousandths = THREE_DIGITS[past // 1_000_000]
            self._emit(
                f"{stamp}{thousandths}{THREE_DIGITS[past // 1000 % 1000]}{self._leads[level]}{ids}{duration}"
                f"{said}{self.trace_text()}{bound}}}\n".encode()
            )
        except Exception:  # noqa: BLE001 - the host must never pay for its own log line
            self._write_last_resort(level)

    def fields_text(self, fields: Mapping[str, Any]) -> str:
        """The JSON of an event's own fields, each with its comma in front."""
        known = ((plans[key], value) for key, value in fields.items())
        return "".join(
            plan.text(value, self.chars_max)
            for plan, value in known
            if not (plan.alias and plan.key in fields)
        )

    def _next_second(self, now_ns: int) -> tuple[int, str]:
        """The nanoseconds past a new second, and the line up to them."""
        second, past = divmod(now_ns, SECOND_NS)
        stamp = _stamp(second)
        self._stamp = (now_ns - past, stamp)
        return past, stamp

    def _judge_message(self, message: object, *, remember: bool) -> str:
        """The JSON from the message to the trace ids; remembered, because operators' messages repeat.

        A message that is sampled is not: its next line has to be decided on anew.
        """
        messages = self._messages  # forgotten while this one is judged, they take it along
        text = message if type(message) is str else as_text(evaluated(message), self.chars_max)
        said = f',"message":{quoted(safe_message(text, self.chars_max))}{self._middle}'
        if remember and message is text and len(text) <= KNOWN_CHARS_MAX:
            if len(messages) >= MESSAGES_MAX:
                messages.clear()
            messages[message] = said
        return said

    def _special(self, key: str, fields: Mapping[str, Any], ids: str, bound: str) -> tuple[str, str]:
        """A field that is not written under its own name: an id given for this line alone, or an
        exception.
        """
        if key in IDS:
            given = {name: evaluated(fields[name]) for name in IDS if name in fields}
            return derive(current(), **given).text, bound
        error = evaluated(fields[key])
        if is_a(error, tuple) and len(error) == 3:  # type: ignore[arg-type]  # what `sys.exc_info()` gives
            error = error[1]  # type: ignore[index]
        if is_a(error, BaseException):
            named = {plans[name].key for name in fields}
            told = exception_fields(error).items()  # type: ignore[arg-type]
            bound += self.fields_text({name: said for name, said in told if name not in named})
        return ids, bound

    def _write_last_resort(self, level: int) -> None:
        """Something of the SDK failed: a line that says so, made of nothing the host passed."""
        counters.failure("log")
        try:
            second, fraction = divmod(time.time_ns(), SECOND_NS)
            head = f"{_stamp(second)}{fraction // 1000:06d}{self._leads[level]}{current().text}null"
            self._emit(f'{head},"message":"{UNWRITABLE}"{self._middle}{NO_TRACE}}}\n'.encode())
        except Exception:  # noqa: BLE001 - nothing is left to try
            counters.drop("unwritable")


def _stamp(second: int) -> str:
    """The line up to the microseconds. A clock beyond the years of four digits says the epoch."""
    with suppress(OverflowError, ValueError, OSError):
        moment = time.gmtime(second)
        if 1000 <= moment.tm_year <= 9999:  # RFC 3339 has no others
            return time.strftime('{"timestamp":"%Y-%m-%dT%H:%M:%S.', moment)
    return '{"timestamp":"1970-01-01T00:00:00.'


def _milliseconds(value: object) -> str:
    """A duration as JSON, to the microsecond; what is no number has no length."""
    try:
        length = as_number(evaluated(value))
    except Exception:  # noqa: BLE001 - a host's own number may raise anything
        return "null"
    if length is None or is_a(value, bool):
        return "null"
    if -LONGEST_MS < length < LONGEST_MS and is_a(length, float):
        return f"{length:.3f}"
    return number(length) or "null"


def _journey(fields: Mapping[str, Any]) -> str:
    """The correlation id the line will have: what sampling decides by."""
    given = fields.get("correlation_id")
    return given if type(given) is str else current().correlation_id
