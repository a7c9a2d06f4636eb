"""Anthropic's client: messages, at once and streamed.

>>> client = eduscope.models.anthropic.instrument(anthropic.AsyncAnthropic(open_telemetry=False))

Recent versions make spans of their own; `open_telemetry=False` leaves the one made here.
"""

from typing import Any, TypeVar

from eduscope.models.call import Endpoint, ModelCall
from eduscope.models.client import observe

Client = TypeVar("Client")


def instrument(client: Client, *, provider: str = "anthropic") -> Client:
    """The same client (`Anthropic`, `AsyncAnthropic`, those of the clouds), observed, and its copies with it."""
    return observe(client, ENDPOINTS, provider=provider)


def _message(call: ModelCall, answer: Any) -> None:
    call.identified(answer)
    _usage(call, answer.usage)
    _stopped(call, answer.stop_reason)


def _event(call: ModelCall, event: Any) -> bool:
    if event.type == "message_start":
        call.identified(event.message)
        _usage(call, event.message.usage)
    elif event.type == "message_delta":
        _usage(call, event.usage)
        _stopped(call, event.delta.stop_reason)
    return bool(event.type == "content_block_delta")


def _stopped(call: ModelCall, reason: str | None) -> None:
    if reason:
        call.finished(reason)
        if reason == "refusal":
            call.refused()


def _usage(call: ModelCall, usage: Any) -> None:
    """Anthropic counts cached and written tokens beside the input's; the conventions count them in it."""
    cached = getattr(usage, "cache_read_input_tokens", 0) or 0
    written = getattr(usage, "cache_creation_input_tokens", 0) or 0
    plain = getattr(usage, "input_tokens", 0) or 0
    call.used(
        input=plain + cached + written,
        output=getattr(usage, "output_tokens", 0) or 0,
        cached=cached,
        written=written,
    )


ENDPOINTS = {"/v1/messages": Endpoint("chat", ("system", "messages", "tools"), _message, _event)}
