"""Calls of a model: one line and one span each, with how long, how much and how it ended. Never what was
said.

>>> with eduscope.inference(model="tutor", model_version="2026-11") as call:
...     answer = model.ask(question)
...     call.tokens(input=answer.tokens_in, output=answer.tokens_out)
"""

import time
from types import TracebackType
from typing import Any

from eduscope import logging, tracing

INFO, ERROR = 20, 40


class inference:  # noqa: N801 - reads as what it is: `with eduscope.inference(model="tutor"):`
    """Observes one call of a model.

    Inside the `with`, say what is known: `tokens`, `cache_hit`, `cache_miss`, `input_size`, `provider`. An
    exception is recorded without the prompt and goes on. Prompts and answers are never recorded.
    """

    def __init__(
        self,
        *,
        model: str,
        model_version: str = "",
        operation: str = "chat",
        provider: str = "",
        input_size: int | None = None,
    ) -> None:
        self._name = f"{operation} {model}"
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
        self._started_ns = 0
        self._block: Any = None
        self._span: Any = None

    def tokens(self, *, input: int = 0, output: int = 0) -> None:  # noqa: A002 - the field's own word
        """How many tokens the model read and wrote; adds up over several answers."""
        fields = self._fields
        fields["gen_ai.usage.input_tokens"] = fields.get("gen_ai.usage.input_tokens", 0) + input
        fields["gen_ai.usage.output_tokens"] = fields.get("gen_ai.usage.output_tokens", 0) + output
        fields["ai.tokens_used"] = fields["gen_ai.usage.input_tokens"] + fields["gen_ai.usage.output_tokens"]

    def cache_hit(self, hits: int = 1) -> None:
        """The answer, or this many parts of it, came from a cache."""
        self._fields["ai.cache_hits"] = self._fields.get("ai.cache_hits", 0) + hits
        self._fields["ai.cache"] = "hit"

    def cache_miss(self) -> None:
        """A cache was asked and did not know."""
        self._fields.setdefault("ai.cache_hits", 0)
        self._fields.setdefault("ai.cache", "miss")

    def input_size(self, size_bytes: int) -> None:
        """The size of the input in bytes."""
        self._fields["ai.input_size"] = size_bytes

    def first_token(self) -> None:
        """The first word of a streamed answer arrived; only the first call counts."""
        waited_ms = (time.perf_counter_ns() - self._started_ns) / 1e6
        self._fields.setdefault("ai.time_to_first_token_ms", round(waited_ms, 3))

    def answered_by(self, model_version: str) -> None:
        """The version that answered, where it is known only from the answer."""
        self._fields["ai.model_version"] = model_version
        self._fields["gen_ai.response.model"] = model_version

    def __enter__(self) -> "inference":
        self._block = tracing.span(self._name, "client")
        self._span = self._block.__enter__()
        self._started_ns = time.perf_counter_ns()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        latency_ms = round((time.perf_counter_ns() - self._started_ns) / 1e6, 3)
        fields = self._fields
        fields.setdefault("ai.cache_hits", 0)
        fields["ai.latency_ms"] = latency_ms
        fields["ai.outcome"] = _outcome(error)
        for name, value in fields.items():
            self._span.set_attribute(name, value)
        line = {**fields, "duration_ms": latency_ms, "exc_info": error}
        lines = logging.lines()
        if error is None:
            lines.write(INFO, "model answered", line)
        else:
            lines.write(ERROR, "model failed", line)
        self._block.__exit__(kind, error, trace)


def _outcome(error: BaseException | None) -> str:
    if error is None:
        return "ok"
    return "timeout" if isinstance(error, TimeoutError) else "error"
