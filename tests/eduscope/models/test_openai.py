"""OpenAI's real client against a provider on loopback."""

import asyncio
from collections.abc import Iterator
from typing import Any

import openai
import pytest
from tests.eduscope.models.model_provider import ANSWER, PROMPT, Failure, ModelProvider

import eduscope
from eduscope.counters import Counters
from eduscope.testing import Captured

MESSAGES: Any = [{"role": "system", "content": "You are a tutor."}, {"role": "user", "content": PROMPT}]
EXPECTED = {
    "ai.model": "tutor-large", "ai.model_version": "tutor-large-2026-11", "ai.outcome": "ok",
    "ai.tokens_used": 19, "ai.cache_hits": 1, "gen_ai.provider.name": "openai",
    "gen_ai.operation.name": "chat", "gen_ai.usage.input_tokens": 12, "gen_ai.usage.output_tokens": 7,
    "gen_ai.usage.cache_read.input_tokens": 8, "gen_ai.usage.reasoning.output_tokens": 2,
    "server.address": "127.0.0.1",
}  # fmt: skip


@pytest.fixture
def client(provider: ModelProvider) -> Iterator[openai.OpenAI]:
    """An observed client."""
    with openai.OpenAI(api_key="k", base_url=f"{provider.url}/v1", max_retries=2) as made:
        yield eduscope.models.openai.instrument(made)


@pytest.fixture
def async_client(provider: ModelProvider) -> openai.AsyncOpenAI:
    """An observed asynchronous client."""
    made = openai.AsyncOpenAI(api_key="k", base_url=f"{provider.url}/v1", max_retries=0)
    return eduscope.models.openai.instrument(made)


def only(seen: Captured) -> dict[str, Any]:
    """The one line of a model call; its span says the same."""
    (line,) = [line for line in seen.lines if "ai.outcome" in line]
    span = seen.span(f"{line['gen_ai.operation.name']} {line['ai.model']}")
    assert span.attributes is not None
    same = {name: value for name, value in line.items() if name.startswith(("ai.", "gen_ai."))}
    assert {name: span.attributes[name] for name in same} == same
    return line


def subset(line: dict[str, Any], expected: dict[str, Any]) -> dict[str, Any]:
    """The part of a line that is expected."""
    return {name: line.get(name) for name in expected}


def test_a_chat_completion(client: openai.OpenAI, seen: Captured) -> None:
    answer = client.chat.completions.create(
        model="tutor-large", messages=MESSAGES, temperature=0.2, max_completion_tokens=50
    )
    assert answer.choices[0].message.content == ANSWER
    line = only(seen)
    assert subset(line, EXPECTED) == EXPECTED
    assert line["gen_ai.response.finish_reasons"] == "stop"
    assert line["gen_ai.response.id"] == "chatcmpl-1"
    assert line["ai.input_size"] == len("You are a tutor." + PROMPT)
    assert (line["gen_ai.request.temperature"], line["gen_ai.request.max_tokens"]) == (0.2, 50)


def test_a_streamed_chat_completion(client: openai.OpenAI, seen: Captured) -> None:
    stream = client.chat.completions.create(
        model="tutor-large", messages=MESSAGES, stream=True, stream_options={"include_usage": True}
    )
    assert isinstance(stream, openai.Stream)
    words = "".join(chunk.choices[0].delta.content or "" for chunk in stream if chunk.choices)
    assert words.strip() == ANSWER
    line = only(seen)
    assert subset(line, EXPECTED) == EXPECTED
    assert line["gen_ai.request.stream"] is True
    assert 0 < line["ai.time_to_first_token_ms"] < line["ai.latency_ms"]
    assert line["ai.tokens_per_second"] > 0


def test_a_response(client: openai.OpenAI, seen: Captured) -> None:
    answer = client.responses.create(model="tutor-large", instructions="You are a tutor.", input=PROMPT)
    assert answer.output_text == ANSWER
    line = only(seen)
    assert subset(line, EXPECTED) == EXPECTED
    assert line["ai.input_size"] == len("You are a tutor." + PROMPT)


def test_a_streamed_response(client: openai.OpenAI, seen: Captured) -> None:
    with client.responses.create(model="tutor-large", input=PROMPT, stream=True) as stream:
        kinds = [event.type for event in stream]
    assert kinds[-1] == "response.completed"
    line = only(seen)
    assert subset(line, EXPECTED) == EXPECTED
    assert 0 < line["ai.time_to_first_token_ms"] < line["ai.latency_ms"]


def test_the_helpers_for_streams(client: openai.OpenAI, seen: Captured) -> None:
    with client.chat.completions.stream(model="tutor-large", messages=MESSAGES) as stream:
        stream.until_done()
    with client.responses.stream(model="tutor-large", input=PROMPT) as stream_of_response:
        stream_of_response.until_done()
    assert [line["ai.outcome"] for line in seen.lines] == ["ok", "ok"]


def test_embeddings(client: openai.OpenAI, seen: Captured) -> None:
    client.embeddings.create(model="words", input=[PROMPT], encoding_format="float")
    assert (only(seen)["gen_ai.operation.name"], only(seen)["ai.tokens_used"]) == ("embeddings", 12)


def test_raw_responses(client: openai.OpenAI, seen: Captured) -> None:
    raw = client.chat.completions.with_raw_response.create(model="tutor-large", messages=MESSAGES)
    assert raw.parse().choices[0].message.content == ANSWER
    streamed = client.chat.completions.with_raw_response.create(
        model="tutor-large", messages=MESSAGES, stream=True
    )
    assert len(list(streamed.parse())) > 2
    with client.chat.completions.with_streaming_response.create(
        model="tutor-large", messages=MESSAGES
    ) as unread:
        unread.read()
    whole, in_pieces, by_hand = seen.lines
    assert subset(whole, EXPECTED) == EXPECTED
    assert "ai.time_to_first_token_ms" in in_pieces
    assert by_hand["ai.outcome"] == "ok"


def test_copies_are_observed_once(client: openai.OpenAI, seen: Captured) -> None:
    eduscope.models.openai.instrument(client)
    client.with_options(timeout=5).chat.completions.create(model="tutor-large", messages=MESSAGES)
    client.copy().with_options(timeout=5).chat.completions.create(model="tutor-large", messages=MESSAGES)
    assert len(seen.lines) == 2


async def test_the_asynchronous_client(async_client: openai.AsyncOpenAI, seen: Captured) -> None:
    answer = await async_client.chat.completions.create(model="tutor-large", messages=MESSAGES)
    assert answer.choices[0].message.content == ANSWER
    stream = await async_client.chat.completions.create(
        model="tutor-large", messages=MESSAGES, stream=True, stream_options={"include_usage": True}
    )
    assert len([chunk async for chunk in stream]) > 2
    raw = await async_client.responses.with_raw_response.create(model="tutor-large", input=PROMPT)
    assert raw.parse().output_text == ANSWER
    assert [subset(line, EXPECTED) for line in seen.lines] == [EXPECTED] * 3
    await async_client.close()


async def test_a_stream_left_early_and_a_cancelled_call(
    async_client: openai.AsyncOpenAI, provider: ModelProvider, seen: Captured
) -> None:
    async with await async_client.responses.create(model="tutor", input=PROMPT, stream=True) as stream:
        await anext(aiter(stream))
    provider.then.append(Failure(after_seconds=0.5))
    task = asyncio.create_task(async_client.responses.create(model="tutor", input=PROMPT))
    await asyncio.sleep(0.1)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert [line["ai.outcome"] for line in seen.lines] == ["cancelled", "cancelled"]
    await async_client.close()


def test_a_stream_left_early(client: openai.OpenAI, seen: Captured) -> None:
    with client.chat.completions.create(model="tutor", messages=MESSAGES, stream=True) as stream:
        next(stream)
    assert [line["ai.outcome"] for line in seen.lines] == ["cancelled"]


def test_a_refused_request_does_not_repeat_the_prompt(
    client: openai.OpenAI, provider: ModelProvider, seen: Captured
) -> None:
    provider.then.append(Failure(status=400))
    with pytest.raises(openai.BadRequestError, match="Ilse"):
        client.chat.completions.create(model="tutor", messages=MESSAGES)
    line = only(seen)
    assert (line["ai.outcome"], line["exception.type"]) == ("error", "openai.BadRequestError")
    assert line["exception.message"] == "status_code 400, code bad_prompt, type invalid_request_error"


def test_retries_are_counted(client: openai.OpenAI, provider: ModelProvider, seen: Captured) -> None:
    provider.then.extend([Failure(status=429), Failure(status=503)])
    client.chat.completions.create(model="tutor", messages=MESSAGES)
    assert (only(seen)["ai.outcome"], only(seen)["http.request.resend_count"]) == ("ok", 2)
    assert len(provider.requests) == 3


def test_a_timeout(client: openai.OpenAI, provider: ModelProvider, seen: Captured) -> None:
    provider.then.append(Failure(after_seconds=1))
    with pytest.raises(openai.APITimeoutError):
        client.with_options(timeout=0.1, max_retries=0).responses.create(model="tutor", input=PROMPT)
    assert only(seen)["ai.outcome"] == "timeout"


def test_a_stream_that_breaks_off(client: openai.OpenAI, provider: ModelProvider, seen: Captured) -> None:
    provider.then.append(Failure(after_pieces=3))
    stream = client.chat.completions.create(model="tutor", messages=MESSAGES, stream=True)
    with pytest.raises(openai.APIConnectionError):
        list(stream)
    assert (only(seen)["ai.outcome"], only(seen)["log_level"]) == ("error", "error")


def test_a_provider_that_is_not_there(seen: Captured) -> None:
    with openai.OpenAI(api_key="k", base_url="http://127.0.0.1:9/v1", max_retries=0) as client:
        eduscope.models.openai.instrument(client, provider="local")
        with pytest.raises(openai.APIConnectionError):
            client.responses.create(model="tutor", input=PROMPT)
    assert (only(seen)["gen_ai.provider.name"], only(seen)["ai.outcome"]) == ("local", "error")


def test_an_answer_of_another_shape_reaches_the_host(
    client: openai.OpenAI, seen: Captured, fresh_counters: Counters, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(openai.types.chat.ChatCompletion, "choices", 3, raising=False)
    monkeypatch.setattr("eduscope.models.call.ModelCall.identified", lambda *args: 1 / 0)
    assert client.chat.completions.create(model="tutor", messages=MESSAGES)
    assert fresh_counters.failures.pop("models") == 1
    assert only(seen)["ai.outcome"] == "ok"
