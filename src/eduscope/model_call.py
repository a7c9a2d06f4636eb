"""Calls of a model: one line, one span and a few numbers each, with how long, how much and how it ended. Never what
was said.

>>> with eduscope.inference(model="tutor", model_version="2026-11") as call:
...     answer = model.ask(question)
...     call.tokens(input=answer.tokens_in, output=answer.tokens_out)

>>> @eduscope.inference(model="tutor")                  # functions, coroutines and generators
... async def ask(question):
...     answer = await model.ask(question)
...     eduscope.inference.current().tokens(output=answer.tokens_out)
"""

import importlib
import time
from collections.abc import AsyncIterable, Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from types import TracebackType
from typing import TYPE_CHECKING, Any, TypeVar, overload

from eduscope import model_record, tracing
from eduscope.context import current as current_ids
from eduscope.context import enter, leave
from eduscope.counters import counters
from eduscope.fields import EXCEPTION, IDS
from eduscope.model_outcome import CANCELLED, ERROR, OK, REFUSED, outcome_of
from eduscope.model_prices import Price
from eduscope.model_record import CACHE_READ, CACHE_WRITTEN, INPUT, OUTPUT, Moments
from eduscope.model_stream import AsyncStream, Stream
from eduscope.stack import type_name
from eduscope.values import as_text

if TYPE_CHECKING:
    from eduscope.model_span import ModelSpan

Function = TypeVar("Function", bound=Callable[..., Any])

_current: "ContextVar[inference | None]" = ContextVar("eduscope_inference", default=None)


_NOT_OWN = IDS | {EXCEPTION, "duration_ms"}
"""Fields that speak of the line, and are not the call's."""


class inference:  # noqa: N801 - reads as what it is: `with eduscope.inference(model="tutor"):`
    """Observes one call of a model; as a decorator, every call of a function.

    Inside, say what is known: `tokens`, `cache_hit`, `input_size`, `answered_by`, and `stream` for an answer that
    arrives in pieces. `price_per_million` is (input, output), and (cached input) and (written to the cache) where
    those cost something else; without it, the option `model_prices` is asked. An exception is recorded without the
    prompt and goes on. Prompts and answers are never recorded, and nothing here raises.
    """

    def __init__(  # noqa: PLR0913 - by keyword
        self,
        *,
        model: str,
        model_version: str = "",
        operation: str = "chat",
        provider: str = "",
        input_size: int | None = None,
        price_per_million: tuple[float, ...] | None = None,
    ) -> None:
        model, model_version, operation, provider = map(_word, (model, model_version, operation, provider))
        self._given: dict[str, Any] = {
            "model": model,
            "model_version": model_version,
            "operation": operation,
            "provider": provider,
            "input_size": input_size,
            "price_per_million": price_per_million,
        }
        self._fields: dict[str, Any] = {
            "ai.model": model,
            "ai.model_version": model_version or model,
            "gen_ai.operation.name": operation,
            "gen_ai.request.model": model,
        }
        if provider:
            self._fields["gen_ai.provider.name"] = provider
        if input_size is not None:
            self.input_size(input_size)
        self._price = Price(*price_per_million) if price_per_million else None
        self._ids = current_ids()
        self._span: ModelSpan | None = None
        self._started_ns = self._first_token_ns = 0
        self._streams_open = 0
        self._inside = self._ended = self._cut_short = self._refused = False
        self._each_is_a_token = False
        self._failed = ""
        self._block: Any = None

    @staticmethod
    def current() -> "inference":
        """The call that is running here, the innermost of several; outside of any, one that records nothing."""
        return _current.get() or inference(model="")

    def tokens(self, *, input: int = 0, output: int = 0, cached: int = 0, written: int = 0) -> None:  # noqa: A002 - the field's own word
        """How many tokens the model read and wrote; adds up over several answers.

        `input` has all that were read. `cached` of them came from the provider's cache, `written` went into it.
        """
        fields = self._fields
        fields[INPUT] = fields.get(INPUT, 0) + _whole(input)
        fields[OUTPUT] = fields.get(OUTPUT, 0) + _whole(output)
        fields["ai.tokens_used"] = fields[INPUT] + fields[OUTPUT]
        for name, more in ((CACHE_READ, _whole(cached)), (CACHE_WRITTEN, _whole(written))):
            if more:
                fields[name] = fields.get(name, 0) + more

    def cache_hit(self, hits: int = 1) -> None:
        """The answer, or this many parts of it, came from a cache."""
        self._fields["ai.cache_hits"] = self._fields.get("ai.cache_hits", 0) + _whole(hits)
        self._fields["ai.cache"] = "hit"

    def cache_miss(self) -> None:
        """A cache was asked and did not know."""
        self._fields.setdefault("ai.cache_hits", 0)
        self._fields.setdefault("ai.cache", "miss")

    def input_size(self, size_bytes: int) -> None:
        """The size of the input in bytes."""
        self._fields["ai.input_size"] = _whole(size_bytes)

    def first_token(self) -> None:
        """The first word of a streamed answer arrived; only the first call counts."""
        self._first_token_ns = self._first_token_ns or time.perf_counter_ns()

    def answered_by(self, model_version: str) -> None:
        """The version that answered, where it is known only from the answer."""
        self._fields["ai.model_version"] = self._fields["gen_ai.response.model"] = _word(model_version)

    def finished(self, reason: str) -> None:
        """Why the model stopped, in the provider's word: `stop`, `length`."""
        known, reason = self._fields.get("gen_ai.response.finish_reasons"), _word(reason)
        self._fields["gen_ai.response.finish_reasons"] = f"{known},{reason}" if known else reason

    def refused(self) -> None:
        """The model, or a filter before it, refused to answer."""
        self._refused = True

    def failed(self, code: str) -> None:
        """The provider says in its answer that it failed, without an exception; `code` is one word."""
        self._failed = _word(code)

    def note(self, **fields: Any) -> None:
        """Further fields, under the rules of a log line's; the ids are the running code's, and cannot be changed."""
        self._fields.update({name: value for name, value in fields.items() if name not in _NOT_OWN})

    @overload
    def stream(self, chunks: AsyncIterable[Any], *, each_is_a_token: bool = False) -> AsyncStream: ...
    @overload
    def stream(self, chunks: Iterable[Any], *, each_is_a_token: bool = False) -> Stream: ...
    def stream(self, chunks: Any, *, each_is_a_token: bool = False) -> Stream | AsyncStream:
        """The same chunks, observed: the first is the first token, and the call lasts until the last.

        The stream may be read after the `with` has ended, even elsewhere. With `each_is_a_token`, chunks are
        counted as output tokens.
        """
        self._each_is_a_token = each_is_a_token
        self._streams_open += 1
        return (AsyncStream if hasattr(chunks, "__aiter__") else Stream)(self, chunks)

    def __enter__(self) -> "inference":
        self.begin()
        self._block = self.active()
        self._block.__enter__()
        self._inside = True
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._inside = False
        self._block.__exit__(None, None, None)
        if error is not None or not self._streams_open:
            self._finish(error)

    def __call__(self, function: Function) -> Function:
        """The same function, each call of which is observed. Of a generator, the chunks are the answer's."""
        from eduscope.model_decorator import observed  # noqa: PLC0415 - `inspect` takes 10 ms to load

        return observed(function, lambda: inference(**self._given))

    def begin(self) -> None:
        """Starts the clock and the span, without making either current. `with` does it by itself."""
        if self._ended:  # the object of an earlier call, used again
            inference.__init__(self, **self._given)
        self._started_ns = time.perf_counter_ns()
        self._ids = current_ids()
        spans = tracing.active()
        if spans is not None:
            try:
                make = importlib.import_module("eduscope.model_span").ModelSpan
                self._span = make(spans, f"{self._given['operation']} {self._given['model']}", self._fields)
            except Exception:  # noqa: BLE001 - the host must never pay for being observed
                counters.failure("inference")

    @contextmanager
    def active(self) -> Iterator[None]:
        """The call's ids and span are the current ones inside."""
        span = self._span
        in_span = span.enter() if span is not None else None
        ids, here = enter(self._ids), _current.set(self)
        try:
            yield
        finally:
            for reset, token in ((_current.reset, here), (leave, ids)):
                try:
                    reset(token)  # type: ignore[arg-type]
                except ValueError:  # closed in another context, where there is nothing to bring back
                    continue
            if span is not None and in_span is not None:
                span.leave(in_span)

    def took(self, chunk: object) -> None:
        """A chunk of the stream arrived."""
        self.first_token()
        if self._each_is_a_token:
            self.tokens(output=1)

    def stream_ended(self, error: BaseException | None, *, whole: bool) -> None:
        """A stream ended; the call with it, unless its own code is still running."""
        self._streams_open -= 1
        if not whole and error is None and "gen_ai.response.finish_reasons" not in self._fields:
            self._cut_short = True
        if not self._inside and (error is not None or not self._streams_open):
            self._finish(error)

    def _finish(self, error: BaseException | None) -> None:
        """Records the call, once."""
        if self._ended or not self._started_ns:
            return
        self._ended = True
        try:
            self._record(error)
        except Exception:  # noqa: BLE001 - the host must never pay for being observed
            counters.failure("inference")

    def _record(self, error: BaseException | None) -> None:
        fields, span = self._fields, self._span
        outcome = outcome_of(error) if error is not None else self._outcome()
        moments = Moments(self._started_ns, self._first_token_ns, time.perf_counter_ns())
        model_record.complete(fields, moments, outcome, self._price)
        error_type = self._failed if error is None else type_name(error)
        if self._failed and error is None:
            fields["error.type"] = self._failed
        with self.active():
            model_record.write(fields, outcome, error)
        model_record.count(fields, moments, error_type, span.kept_trace_id if span else "")
        if span is not None:
            span.end(fields, error)

    def _outcome(self) -> str:
        """How a call ended that raised nothing."""
        if self._failed:
            return ERROR
        if self._refused:
            return REFUSED
        return CANCELLED if self._cut_short else OK


def _whole(number: object) -> int:
    """A count as a whole number; what is none, such as the None of a provider that did not say, counts nothing."""
    try:
        return int(number) if isinstance(number, (int, float)) and 0 <= number < 2**53 else 0
    except Exception:  # noqa: BLE001 - a host's own number may raise anything
        return 0


def _word(given: object) -> str:
    """A name or a reason as text, whatever a host takes for one."""
    return given if type(given) is str else as_text(given, WORD_MAX_CHARS)


WORD_MAX_CHARS = 256
