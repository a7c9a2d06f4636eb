"""Anthropic's real client against a provider on loopback."""

import asyncio
from collections.abc import Iterator
from typing import Any

import anthropic
import httpx2
import pytest
from tests.eduscope.models.model_provider import ANSWER, PROMPT, Failure, ModelProvider

import eduscope
from eduscope.testing import Captured

ASKED: Any = {
    "model": "tutor-large",
    "max_tokens": 50,
    "system": "You are a tutor.",
    "messages": [{"role": "user", "content": [{"type": "text", "text": PROMPT}]}],
}
EXPECTED = {
    "ai.model": "tutor-large", "ai.model_version": "tutor-large-2026-11", "ai.outcome": "ok",
    "ai.tokens_used": 21, "ai.cache_hits": 1, "gen_ai.provider.name": "anthropic",
    "gen_ai.operation.name": "chat", "gen_ai.usage.input_tokens": 14, "gen_ai.usage.output_tokens": 7,
    "gen_ai.usage.cache_read.input_tokens": 8, "gen_ai.usage.cache_creation.input_tokens": 2,
    "gen_ai.response.id": "msg_1", "gen_ai.response.finish_reasons": "end_turn",
    "gen_ai.request.max_tokens": 50,
}  # fmt: skip


@pytest.fixture
def client(provider: ModelProvider) -> Iterator[anthropic.Anthropic]:
    """An observed client."""
    with anthropic.Anthropic(api_key="k", base_url=provider.url, max_retries=2, open_telemetry=False) as made:
        yield eduscope.models.anthropic.instrument(made)


@pytest.fixture
def async_client(provider: ModelProvider) -> anthropic.AsyncAnthropic:
    """An observed asynchronous client."""
    made = anthropic.AsyncAnthropic(api_key="k", base_url=provider.url, max_retries=0, open_telemetry=False)
    return eduscope.models.anthropic.instrument(made)


def told(seen: Captured) -> list[dict[str, Any]]:
    """What the lines say of what is expected of them."""
    return [{name: line.get(name) for name in EXPECTED} for line in seen.lines]


def test_a_message(client: anthropic.Anthropic, seen: Captured) -> None:
    answer = client.messages.create(**ASKED)
    assert answer.content[0].to_dict()["text"] == ANSWER
    assert told(seen) == [EXPECTED]
    assert seen.lines[0]["ai.input_size"] == len(PROMPT) + len(ASKED["system"])
    assert seen.span("chat tutor-large").status.is_ok


def test_streamed_messages(client: anthropic.Anthropic, seen: Captured) -> None:
    stream = client.messages.create(**ASKED, stream=True)
    assert [event.type for event in stream][-1] == "message_stop"
    with client.messages.stream(**ASKED) as helper:
        assert "".join(helper.text_stream).strip() == ANSWER
    assert told(seen) == [EXPECTED, EXPECTED]
    for line in seen.lines:
        assert 0 < line["ai.time_to_first_token_ms"] < line["ai.latency_ms"]


async def test_the_asynchronous_client(async_client: anthropic.AsyncAnthropic, seen: Captured) -> None:
    await async_client.messages.create(**ASKED)
    stream = await async_client.messages.create(**ASKED, stream=True)
    assert len([event async for event in stream]) > 5
    async with async_client.messages.stream(**ASKED) as helper:
        assert (await helper.get_final_text()).strip() == ANSWER
    raw = await async_client.messages.with_raw_response.create(**ASKED)
    assert (await raw.parse()).id == "msg_1"
    assert told(seen) == [EXPECTED] * 4
    await async_client.close()


def test_raw_responses(client: anthropic.Anthropic, seen: Captured) -> None:
    assert client.messages.with_raw_response.create(**ASKED).parse().id == "msg_1"
    assert told(seen) == [EXPECTED]


async def test_a_stream_left_early_and_a_cancelled_call(
    async_client: anthropic.AsyncAnthropic, provider: ModelProvider, seen: Captured
) -> None:
    async with async_client.messages.stream(**ASKED) as stream:
        await anext(aiter(stream))
    provider.then.append(Failure(after_seconds=0.5))
    task = asyncio.create_task(async_client.messages.create(**ASKED))
    await asyncio.sleep(0.1)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert [line["ai.outcome"] for line in seen.lines] == ["cancelled", "cancelled"]
    await async_client.close()


def test_a_refused_request_does_not_repeat_the_prompt(
    client: anthropic.Anthropic, provider: ModelProvider, seen: Captured
) -> None:
    provider.then.append(Failure(status=400))
    with pytest.raises(anthropic.BadRequestError, match="Ilse"):
        client.messages.create(**ASKED)
    (line,) = seen.lines
    assert (line["ai.outcome"], line["exception.type"]) == ("error", "anthropic.BadRequestError")
    assert line["exception.message"].startswith("status_code 400")


def test_the_clients_own_spans_say_nothing_either(provider: ModelProvider, seen: Captured) -> None:
    spans = eduscope.tracing.active()
    assert spans is not None
    with anthropic.Anthropic(
        api_key="k",
        base_url=provider.url,
        open_telemetry={"tracer_provider": spans.provider, "traces": {"content_mode": "content"}},
    ) as made:
        eduscope.models.anthropic.instrument(made).messages.create(**ASKED)
    assert len(seen.spans) == 2


def test_retries_and_timeouts(client: anthropic.Anthropic, provider: ModelProvider, seen: Captured) -> None:
    provider.then.extend([Failure(status=529), Failure(after_seconds=1)])
    with pytest.raises(anthropic.APITimeoutError):
        client.with_options(max_retries=1, timeout=0.2).messages.create(**ASKED)
    (line,) = seen.lines
    assert (line["ai.outcome"], line["http.request.resend_count"]) == ("timeout", 1)


def test_a_stream_that_breaks_off(
    client: anthropic.Anthropic, provider: ModelProvider, seen: Captured
) -> None:
    provider.then.append(Failure(after_pieces=4))
    with pytest.raises(httpx2.RemoteProtocolError):
        list(client.messages.create(**ASKED, stream=True))
    (line,) = seen.lines
    assert line["ai.outcome"] == "error"
    assert line["exception.type"] == "httpx2.RemoteProtocolError"
    assert line["gen_ai.usage.input_tokens"] == 14


def test_what_is_no_message_passes(client: anthropic.Anthropic, seen: Captured) -> None:
    assert client.messages.count_tokens(model="m", messages=[])
    assert not seen.lines
