"""OpenAI's client: chat completions, responses and embeddings, at once and streamed.

>>> client = eduscope.models.openai.instrument(openai.AsyncOpenAI())

A stream of chat completions says its tokens only where it is asked to: `stream_options={"include_usage": True}`.
"""

from typing import Any, TypeVar

from eduscope.models.call import Endpoint, ModelCall
from eduscope.models.client import observe

Client = TypeVar("Client")

REFUSALS = frozenset({"content_filter", "refusal"})


def instrument(client: Client, *, provider: str = "") -> Client:
    """The same client (`OpenAI`, `AsyncOpenAI`, Azure's), observed. Copies of it are observed too.

    `provider` names who serves the model, for the many who speak OpenAI's protocol.
    """
    name = "azure.ai.openai" if "Azure" in type(client).__name__ else "openai"
    return observe(client, ENDPOINTS, provider=provider or name)


def _chat(call: ModelCall, answer: Any) -> None:
    call.identified(answer)
    _usage(call, answer.usage)
    _finish_reasons(call, answer)


def _chat_chunk(call: ModelCall, chunk: Any) -> bool:
    call.identified(chunk)
    _usage(call, chunk.usage)
    _finish_reasons(call, chunk)
    return any(_has_words(choice.delta) for choice in chunk.choices if choice.delta is not None)


def _has_words(delta: Any) -> bool:
    parts = ("content", "tool_calls", "refusal", "function_call", "reasoning_content")
    return any(getattr(delta, part, None) for part in parts)


def _finish_reasons(call: ModelCall, answer: Any) -> None:
    for choice in answer.choices or ():
        _finished(call, choice.finish_reason)


def _finished(call: ModelCall, reason: str | None) -> None:
    if reason:
        call.finished(reason)
        if reason in REFUSALS:
            call.refused()


def _response(call: ModelCall, answer: Any) -> None:
    call.identified(answer)
    _usage(call, answer.usage)
    if answer.status == "failed":
        call.failed(str(getattr(answer.error, "code", None) or "failed"))
    details = getattr(answer, "incomplete_details", None)
    _finished(call, getattr(details, "reason", None) or answer.status)


def _response_event(call: ModelCall, event: Any) -> bool:
    if event.type in {"response.completed", "response.incomplete", "response.failed"}:
        _response(call, event.response)
    elif event.type == "error":
        call.failed(str(event.code or "error"))
    return bool(event.type.endswith(".delta"))


def _usage(call: ModelCall, usage: Any) -> None:
    """Chat completions count prompt and completion tokens, responses input and output tokens."""
    if usage is None:
        return
    read = getattr(usage, "input_tokens", None) or getattr(usage, "prompt_tokens", 0)
    written = getattr(usage, "output_tokens", None) or getattr(usage, "completion_tokens", 0)
    of_input = getattr(usage, "input_tokens_details", None) or getattr(usage, "prompt_tokens_details", None)
    of_output = getattr(usage, "output_tokens_details", None)
    of_output = of_output or getattr(usage, "completion_tokens_details", None)
    call.used(input=read or 0, output=written or 0, cached=getattr(of_input, "cached_tokens", 0) or 0)
    reasoning = getattr(of_output, "reasoning_tokens", 0)
    if reasoning:
        call.note(**{"gen_ai.usage.reasoning.output_tokens": reasoning})


def _embeddings(call: ModelCall, answer: Any) -> None:
    call.identified(answer)
    _usage(call, answer.usage)


ENDPOINTS = {
    "/chat/completions": Endpoint("chat", ("messages", "tools"), _chat, _chat_chunk),
    "/responses": Endpoint("chat", ("input", "instructions", "tools"), _response, _response_event),
    "/embeddings": Endpoint("embeddings", ("input",), _embeddings),
}
