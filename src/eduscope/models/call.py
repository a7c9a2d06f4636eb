"""One call of a provider's client, and what each of its endpoints tells about itself."""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from eduscope.counters import counters
from eduscope.model_call import inference


class Endpoint(NamedTuple):
    """How to read one of a provider's endpoints. Nothing here looks at words, only at their number."""

    operation: str
    """OpenTelemetry's `gen_ai.operation.name`."""
    inputs: tuple[str, ...]
    """The parts of the request that the model reads."""
    answer: Callable[["ModelCall", Any], None]
    """Reads a whole answer."""
    chunk: Callable[["ModelCall", Any], bool] = lambda call, chunk: False
    """Reads a piece of an answer; says whether it has words of it."""


REQUEST_FIELDS = {
    "max_tokens": "gen_ai.request.max_tokens",
    "max_completion_tokens": "gen_ai.request.max_tokens",
    "max_output_tokens": "gen_ai.request.max_tokens",
    "temperature": "gen_ai.request.temperature",
    "top_p": "gen_ai.request.top_p",
}
"""Parameters of a request that are recorded, and the names they are recorded under. All are numbers."""


class ModelCall(inference):
    """An inference that reads what it can from the provider's own objects. A fault in reading is counted."""

    def __init__(self, endpoint: Endpoint, request: Mapping[str, Any], *, provider: str, client: Any) -> None:
        super().__init__(
            model=str(request.get("model") or "unknown"), operation=endpoint.operation, provider=provider
        )
        self._endpoint = endpoint
        self._told = [0, 0, 0, 0]
        self._retries = 0
        try:
            self._read_request(request, client)
        except Exception:  # noqa: BLE001 - the host must never pay for being observed
            counters.failure("models")

    def read(self, answer: Any) -> None:
        """Reads a whole answer."""
        try:
            self._endpoint.answer(self, answer)
        except Exception:  # noqa: BLE001 - the host must never pay for being observed
            counters.failure("models")

    def took(self, chunk: object) -> None:
        """Reads a piece of an answer."""
        try:
            if self._endpoint.chunk(self, chunk):
                self.first_token()
        except Exception:  # noqa: BLE001 - the host must never pay for being observed
            counters.failure("models")

    def retried(self) -> None:
        """The client is about to send the request again."""
        self._retries += 1
        self.note(**{"http.request.resend_count": self._retries})

    def identified(self, answer: Any) -> None:
        """Takes over the id and the model of an answer."""
        if getattr(answer, "model", None):
            self.answered_by(str(answer.model))
        if getattr(answer, "id", None):
            self.note(**{"gen_ai.response.id": str(answer.id)})

    def used(self, *, input: int = 0, output: int = 0, cached: int = 0, written: int = 0) -> None:  # noqa: A002 - the field's own word
        """The tokens of the whole answer so far; providers say them again with every piece."""
        now = [input, output, cached, written]
        more = [max(new - told, 0) for new, told in zip(now, self._told, strict=True)]
        self._told = [max(new, told) for new, told in zip(now, self._told, strict=True)]
        self.tokens(input=more[0], output=more[1], cached=more[2], written=more[3])
        if more[2]:
            self.cache_hit()

    def _read_request(self, request: Mapping[str, Any], client: Any) -> None:
        self.input_size(sum(text_bytes(request.get(part)) for part in self._endpoint.inputs))
        numbers = {
            field: request[name]
            for name, field in REQUEST_FIELDS.items()
            if isinstance(request.get(name), (int, float))
        }
        address = client.base_url
        self.note(**numbers, **{"gen_ai.request.stream": bool(request.get("stream"))})
        self.note(**{"server.address": address.host, "server.port": address.port or 443})


STRUCTURE = frozenset({"id", "role", "type"})
"""Texts of a request that are not the input."""


def text_bytes(part: Any, depth: int = 12) -> int:
    """The bytes of all texts in a part of a request."""
    if isinstance(part, str):
        return len(part) if part.isascii() else len(part.encode("utf-8", "replace"))
    if depth == 0:
        return 0
    if isinstance(part, Mapping):
        return sum(text_bytes(value, depth - 1) for key, value in part.items() if key not in STRUCTURE)
    if isinstance(part, (list, tuple)):
        return sum(text_bytes(value, depth - 1) for value in part)
    return 0
