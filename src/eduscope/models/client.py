"""Observes a client made by Stainless' generator, as OpenAI's and Anthropic's are: every request passes one method.

Both have `request(cast_to, options, *, stream, stream_cls)`, which retries, parses and gives the answer or a stream;
`copy`/`with_options`, which make a client with other options; and streams that read from `_iterator`.
"""

import inspect
import weakref
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, TypeVar

from eduscope.counters import counters
from eduscope.model_call import inference
from eduscope.model_stream import AsyncStream, Stream
from eduscope.models.call import Endpoint, ModelCall

Client = TypeVar("Client")

MARK = "_eduscope_observed"


def observe(client: Client, endpoints: Mapping[str, Endpoint], *, provider: str) -> Client:
    """The same client, observed from now on, and its copies with it. Twice does no more than once."""
    if getattr(client, MARK, False):
        return client
    target: Any = client
    original = target.request
    wrap = _async_request if inspect.iscoroutinefunction(original) else _request
    target.request = wrap(target, original, endpoints, provider)
    for name in ("copy", "with_options"):
        setattr(target, name, _copying(getattr(target, name), endpoints, provider))
    if hasattr(target, "_sleep_for_retry"):
        target._sleep_for_retry = _counting_retries(target._sleep_for_retry)
    setattr(target, MARK, True)
    return client


def _request(
    client: Any, original: Callable[..., Any], endpoints: Mapping[str, Endpoint], provider: str
) -> Callable[..., Any]:
    def request(cast_to: Any, options: Any, *args: Any, **kwargs: Any) -> Any:
        call = _call(client, options, endpoints, provider)
        if call is None:
            return original(cast_to, options, *args, **kwargs)
        with call:
            answer = original(cast_to, options, *args, **kwargs)
            try:
                _observe_answer(call, _parsed(answer) if _is_raw(answer) else answer)
            except Exception:  # noqa: BLE001 - the host must never pay for being observed
                counters.failure("models")
        return answer

    return request


def _async_request(
    client: Any, original: Callable[..., Any], endpoints: Mapping[str, Endpoint], provider: str
) -> Callable[..., Any]:
    async def request(cast_to: Any, options: Any, *args: Any, **kwargs: Any) -> Any:
        call = _call(client, options, endpoints, provider)
        if call is None:
            return await original(cast_to, options, *args, **kwargs)
        with call:
            answer = await original(cast_to, options, *args, **kwargs)
            try:
                parsed = _parsed(answer) if _is_raw(answer) else answer
                _observe_answer(call, await parsed if isinstance(parsed, Awaitable) else parsed)
            except Exception:  # noqa: BLE001 - the host must never pay for being observed
                counters.failure("models")
        return answer

    return request


def _call(client: Any, options: Any, endpoints: Mapping[str, Endpoint], provider: str) -> ModelCall | None:
    """The observation of a request, or None where it asks no model."""
    try:
        endpoint = endpoints.get(options.url.partition("?")[0])
        if endpoint is None or not isinstance(options.json_data, Mapping):
            return None
        return ModelCall(endpoint, options.json_data, provider=provider, client=client)
    except Exception:  # noqa: BLE001 - the host must never pay for being observed
        counters.failure("models")
        return None


def _is_raw(answer: Any) -> bool:
    """Whether it is what `with_raw_response` and `with_streaming_response` give."""
    return hasattr(answer, "parse") and hasattr(answer, "http_response")


def _parsed(raw: Any) -> Any:
    """What the host will get from a raw response, which keeps it; None while its body is not read."""
    streamed = getattr(raw, "_is_sse_stream", getattr(raw, "_stream", False))
    return raw.parse() if streamed or raw.http_response.is_stream_consumed else None


def _observe_answer(call: ModelCall, answer: Any) -> None:
    """Reads an answer, or sees to it that a stream's pieces are read as they pass."""
    if answer is None:
        return
    if not hasattr(answer, "_iterator"):
        call.read(answer)
        return
    observed = call.stream(answer._iterator)
    answer._iterator = observed
    answer.close = _closing(answer, observed)


def _closing(stream: Any, observed: Stream | AsyncStream) -> Callable[[], Any]:
    """The stream's own `close`, which ends the call as well. Refers to both weakly: a forgotten stream is ended
    where it is forgotten.
    """
    kind, stream_ref, observed_ref = type(stream), weakref.ref(stream), weakref.ref(observed)

    def end() -> None:
        open_still = observed_ref()
        if open_still is not None:
            open_still.left()

    def close() -> None:
        try:
            kind.close(stream_ref())
        finally:
            end()

    async def aclose() -> None:
        try:
            await kind.close(stream_ref())
        finally:
            end()

    return aclose if inspect.iscoroutinefunction(kind.close) else close


def _copying(
    copy: Callable[..., Any], endpoints: Mapping[str, Endpoint], provider: str
) -> Callable[..., Any]:
    def copied(*args: Any, **kwargs: Any) -> Any:
        return observe(copy(*args, **kwargs), endpoints, provider=provider)

    return copied


def _counting_retries(sleep: Callable[..., Any]) -> Callable[..., Any]:
    def counted(*args: Any, **kwargs: Any) -> Any:
        call = inference.current()
        if isinstance(call, ModelCall):
            call.retried()
        return sleep(*args, **kwargs)

    return counted
