import asyncio
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

import pydantic
import pytest
from opentelemetry import trace
from opentelemetry.trace import SpanKind

import eduscope
from eduscope import model_record
from eduscope.counters import Counters
from eduscope.metrics import Histogram
from eduscope.testing import Captured

PROMPT = "Why is my essay about grandmother Ilse so bad?"
ANSWER = "Because Ilse deserves a better ending."


def observed(metric: Histogram, *labels: str) -> int:
    """How many observations a histogram has under labels."""
    found = metric.series.get(labels)
    return 0 if found is None else sum(found[0])


def test_a_call_is_one_line_and_one_span(seen: Captured) -> None:
    with eduscope.inference(
        model="tutor", model_version="2026-11", provider="edulearn", input_size=120
    ) as call:
        call.first_token()
        call.tokens(input=10, output=20)
        call.tokens(output=5)
        call.cache_hit()
    (line,), span = seen.lines, seen.span("chat tutor")
    expected = {
        "ai.model": "tutor", "ai.model_version": "2026-11", "ai.input_size": 120, "ai.tokens_used": 35,
        "ai.cache_hits": 1, "ai.cache": "hit", "ai.outcome": "ok", "gen_ai.provider.name": "edulearn",
        "gen_ai.operation.name": "chat", "gen_ai.request.model": "tutor", "gen_ai.usage.input_tokens": 10,
        "gen_ai.usage.output_tokens": 25, "ai.latency_ms": line["duration_ms"],
    }  # fmt: skip
    assert {name: line[name] for name in expected} == expected
    assert span.attributes is not None
    assert {name: span.attributes[name] for name in expected} == expected
    assert span.kind is SpanKind.CLIENT
    assert line["ai.latency_ms"] >= line["ai.time_to_first_token_ms"] > 0
    assert line["ai.tokens_per_second"] > 0
    assert line["trace_id"]


def test_a_failure_is_recorded_sanitised_and_goes_on(seen: Captured) -> None:
    call = eduscope.inference(model="tutor")
    with pytest.raises(TimeoutError), call:
        raise TimeoutError("no answer for anna@school.example")
    (line,) = seen.lines
    assert (line["log_level"], line["ai.outcome"]) == ("error", "timeout")
    assert line["exception.message"] == "no answer for [EMAIL]"
    assert seen.span("chat tutor").status.description == "no answer for [EMAIL]"


def test_it_works_where_tracing_is_off() -> None:
    with eduscope.inference(model="tutor") as call:
        call.cache_miss()


def test_it_counts_for_prometheus() -> None:
    @eduscope.inference(model="counted", provider="p")
    def ask() -> None:
        eduscope.inference.current().tokens(input=10, output=20)
        eduscope.inference.current().first_token()
        raise KeyError

    with pytest.raises(KeyError):
        ask()
    labels = ("chat", "p", "counted", "counted")
    assert observed(model_record.durations, *labels, "KeyError") == 1
    assert observed(model_record.token_usage, *labels, "input") == 1
    assert model_record.token_usage.series[(*labels, "output")][1] == [20.0]
    assert observed(model_record.first_chunks, *labels) == 1


def test_the_cost_comes_from_the_price_given(seen: Captured) -> None:
    with eduscope.inference(model="tutor", price_per_million=(3, 15, 0.3)) as call:
        call.tokens(input=1_000_000, output=100_000, cached=900_000)
    assert seen.lines[0]["ai.cost"] == pytest.approx(0.3 + 0.27 + 1.5)
    assert seen.lines[0]["gen_ai.usage.cache_read.input_tokens"] == 900_000


@pytest.mark.usefixtures("stopped")
def test_the_cost_comes_from_the_table_of_prices() -> None:
    eduscope.init(service="tutor", model_prices="tutor=1/2, tutor-2026=10/20", stdout=False)
    with eduscope.testing.capture() as seen:
        for version in ("", "tutor-2026"):
            with eduscope.inference(model="tutor", model_version=version) as call:
                call.tokens(input=1_000_000)
        with eduscope.inference(model="free") as call:
            call.tokens(input=1)
    assert [line.get("ai.cost") for line in seen.lines] == [1, 10, None]


def test_a_price_that_cannot_be_read_stops_start_up() -> None:
    with pytest.raises(eduscope.ConfigurationError, match=r"model_prices= is .*; expected such as"):
        eduscope.init(service="tutor", model_prices="tutor=cheap")


async def test_a_cancelled_call_is_no_error(seen: Captured) -> None:
    async def ask() -> None:
        with eduscope.inference(model="tutor"):
            await asyncio.sleep(30)

    task = asyncio.create_task(ask())
    await asyncio.sleep(0.01)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    (line,) = seen.lines
    assert (line["log_level"], line["ai.outcome"]) == ("info", "cancelled")
    assert "exception.type" not in line


async def test_a_timeout_inside_is_a_timeout(seen: Captured) -> None:
    with pytest.raises(TimeoutError), eduscope.inference(model="tutor"):
        async with asyncio.timeout(0.01):
            await asyncio.sleep(30)
    assert seen.lines[0]["ai.outcome"] == "timeout"


def test_calls_nest(seen: Captured) -> None:
    with eduscope.inference(model="outer"):
        with eduscope.inference(model="inner"):
            eduscope.inference.current().tokens(output=1)
        eduscope.inference.current().tokens(output=2)
    inner, outer = seen.lines
    assert (inner["ai.tokens_used"], outer["ai.tokens_used"]) == (1, 2)
    parent = seen.span("chat inner").parent
    assert parent is not None
    assert parent.span_id == seen.span("chat outer").context.span_id
    eduscope.inference.current().tokens(output=3)  # outside of any call: recorded nowhere
    assert len(seen.lines) == 2


async def test_tasks_keep_their_calls_apart(seen: Captured) -> None:
    async def ask(tokens: int) -> None:
        with eduscope.inference(model="tutor"):
            await asyncio.sleep(0.01)
            eduscope.inference.current().tokens(output=tokens)
            await asyncio.to_thread(lambda: eduscope.inference.current().tokens(output=100))

    await asyncio.gather(ask(1), ask(2), ask(3))
    assert sorted(line["ai.tokens_used"] for line in seen.lines) == [101, 102, 103]


def words() -> Iterator[str]:
    """A model's answer, in pieces."""
    yield from ANSWER.split()


async def async_words() -> AsyncIterator[str]:
    """A model's answer, in pieces that have to be waited for."""
    for word in ANSWER.split():
        await asyncio.sleep(0)
        yield word


def test_a_stream_is_timed_and_counted(seen: Captured) -> None:
    with eduscope.inference(model="tutor") as call:
        assert " ".join(call.stream(words(), each_is_a_token=True)) == ANSWER
    (line,) = seen.lines
    assert line["gen_ai.usage.output_tokens"] == 6
    assert 0 < line["ai.time_to_first_token_ms"] <= line["ai.latency_ms"]


def test_a_stream_outlives_the_block_and_is_read_in_a_thread(seen: Captured) -> None:
    def ask() -> Iterator[str]:
        with eduscope.bind(tenant_id="t1"), eduscope.inference(model="tutor") as call:
            return call.stream(words())

    stream = ask()
    assert seen.lines == []
    assert trace.get_current_span() is trace.INVALID_SPAN
    reader = threading.Thread(target=lambda: list(stream))
    reader.start()
    reader.join()
    (line,) = seen.lines
    assert (line["ai.outcome"], line["tenant_id"]) == ("ok", "t1")
    assert line["span_id"] == f"{seen.span('chat tutor').context.span_id:016x}"


async def test_an_async_stream_outlives_the_block(seen: Captured) -> None:
    with eduscope.inference(model="tutor") as call:
        stream = call.stream(async_words())
    assert " ".join([word async for word in stream]) == ANSWER
    assert [line["ai.outcome"] for line in seen.lines] == ["ok"]


def test_a_stream_left_early_is_cancelled(seen: Captured) -> None:
    with eduscope.inference(model="closed") as call:
        stream = call.stream(words())
    next(stream)
    stream.close()
    with eduscope.inference(model="forgotten") as call:
        del stream
        stream = call.stream(words())
    del stream
    assert [(line["ai.model"], line["ai.outcome"]) for line in seen.lines] == [
        ("closed", "cancelled"),
        ("forgotten", "cancelled"),
    ]


def test_a_stream_that_fails_fails_the_call(seen: Captured) -> None:
    def broken() -> Iterator[str]:
        yield "Because"
        raise ConnectionError("lost")

    with eduscope.inference(model="tutor") as call:
        stream = call.stream(broken())
    with pytest.raises(ConnectionError):
        list(stream)
    assert [(line["ai.outcome"], line["exception.type"]) for line in seen.lines] == [
        ("error", "ConnectionError")
    ]


@eduscope.inference(model="plain")
def ask_plain(question: str) -> str:
    eduscope.inference.current().tokens(input=3)
    return ANSWER


@eduscope.inference(model="coroutine")
async def ask_coroutine(question: str) -> str:
    await asyncio.sleep(0)
    eduscope.inference.current().tokens(input=3)
    return ANSWER


@eduscope.inference(model="generator")
def ask_generator(question: str) -> Iterator[str]:
    eduscope.inference.current().tokens(input=3)
    yield from words()


@eduscope.inference(model="async generator")
async def ask_async_generator(question: str) -> AsyncIterator[str]:
    eduscope.inference.current().tokens(input=3)
    async for word in async_words():
        yield word


async def test_every_kind_of_function_can_be_decorated(seen: Captured) -> None:
    assert ask_plain(PROMPT) == await ask_coroutine(PROMPT) == ANSWER
    assert " ".join(ask_generator(PROMPT)) == ANSWER
    assert " ".join([word async for word in ask_async_generator(PROMPT)]) == ANSWER
    assert ask_plain(PROMPT) == ANSWER
    kinds = ["plain", "coroutine", "generator", "async generator", "plain"]
    assert [line["ai.model"] for line in seen.lines] == kinds
    assert {line["ai.tokens_used"] for line in seen.lines} == {3}
    assert [("ai.time_to_first_token_ms" in line) for line in seen.lines] == [False, False, True, True, False]
    assert ask_generator.__name__ == "ask_generator"


def test_a_decorated_generator_can_be_sent_to_and_closed(seen: Captured) -> None:
    @eduscope.inference(model="talk")
    def talk() -> Any:
        heard = yield "one"
        assert trace.get_current_span() is not trace.INVALID_SPAN
        yield f"heard {heard}"

    conversation = talk()
    assert (next(conversation), conversation.send("two")) == ("one", "heard two")
    assert trace.get_current_span() is trace.INVALID_SPAN
    conversation.close()
    assert [line["ai.outcome"] for line in seen.lines] == ["cancelled"]


async def test_a_decorated_async_generator_closed_by_its_reader_is_cancelled(seen: Captured) -> None:
    async def read_one() -> None:
        answer = ask_async_generator(PROMPT)
        await anext(answer)
        await answer.aclose()  # type: ignore[attr-defined]

    await asyncio.create_task(read_one())
    assert [line["ai.outcome"] for line in seen.lines] == ["cancelled"]


class Grade(pydantic.BaseModel):
    points: int


def fail_to_read(answer: str) -> None:
    """What happens all day to those who want JSON from a model; pydantic's words quote the answer."""
    Grade.model_validate({"points": answer})


@eduscope.inference(model="tutor")
def grade(question: str) -> None:
    """Prompt and answer near every part of the SDK that could pick them up."""
    call = eduscope.inference.current()
    call.note(**{"gen_ai.input.messages": question, "gen_ai.output.messages": [{"text": ANSWER}]})
    call.note(question=question, answer=ANSWER)
    fail_to_read(ANSWER)


def test_prompts_and_answers_are_never_recorded(seen: Captured) -> None:
    with pytest.raises(pydantic.ValidationError):
        grade(PROMPT)
    ask_plain(PROMPT)
    list(ask_generator(PROMPT))
    everything = b"".join(seen.raw).decode() + repr([(s.attributes, s.events, s.status) for s in seen.spans])
    assert "Ilse" not in everything
    assert "pydantic_core._pydantic_core.ValidationError" in everything
    assert "title Grade" in seen.lines[0]["exception.message"]


@pytest.mark.parametrize(
    "misuse",
    [
        lambda call: call.tokens(input=None, output="many"),
        lambda call: call.tokens(input=float("nan"), output=-3),
        lambda call: call.cache_hit(None),
        lambda call: call.note(**{"ai.model": object(), "x": float("inf")}),
        lambda call: call.answered_by(None),
        lambda call: call.finished(3),
    ],
)
def test_odd_values_never_reach_the_host(seen: Captured, misuse: Callable[[Any], None]) -> None:
    with eduscope.inference(model="tutor") as call:
        misuse(call)
    assert len(seen.lines) == 1


def test_a_person_in_a_note_stays_out(seen: Captured) -> None:
    with eduscope.inference(model="tutor") as call:
        call.note(user_id="canary@school.example", exc_info=ValueError("canary"), course_id="c-1")
    span = seen.span("chat tutor")
    assert "canary" not in seen.raw[0].decode() + repr(span.attributes)
    assert span.attributes is not None
    assert span.attributes["course.id"] == "c-1"


def test_an_object_may_observe_one_call_after_another(seen: Captured) -> None:
    call = eduscope.inference(model="tutor")
    for tokens in (1, 2):
        with call:
            call.tokens(output=tokens)
    assert [line["ai.tokens_used"] for line in seen.lines] == [1, 2]


def test_a_fault_of_the_observer_is_counted(
    seen: Captured, fresh_counters: Counters, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(model_record, "write", lambda *args: 1 / 0)
    with eduscope.inference(model="tutor"):
        pass
    assert fresh_counters.failures["inference"] == 1
