"""redis-py on a real Redis server."""

from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest
import redis
import redis.asyncio

import eduscope
from eduscope.database.redis import command_name, instrument, uninstrument
from eduscope.metrics import text
from eduscope.testing import Captured

ANNA = "anna.schmidt@school.example"


@pytest.fixture
def client(redis_address: str, seen: Captured) -> Iterator[Any]:
    """An observed client of an empty server."""
    with redis.Redis.from_url(redis_address) as made:
        made.flushall()
        yield instrument(made)


@pytest.fixture
async def async_client(client: Any, redis_address: str) -> AsyncIterator[Any]:
    """An observed asynchronous client of an empty server."""
    async with redis.asyncio.Redis.from_url(redis_address) as made:
        yield instrument(instrument(made))


def looked_up(command: str, result: str) -> float:
    """What the counter says now."""
    labels = f'db_namespace="0",db_operation_name="{command}",db_system_name="redis",result="{result}"'
    label = f"db_client_lookups_total{{{labels}}} "
    found = [line for line in text().decode().splitlines() if line.startswith(label)]
    return float(found[0].removeprefix(label)) if found else 0.0


def everything(seen: Captured) -> str:
    """All that was recorded, as text."""
    return b"".join(seen.raw).decode() + "".join(span.to_json() for span in seen.spans) + text().decode()


def test_a_command_is_a_span_with_its_name_alone(client: Any, seen: Captured) -> None:
    with eduscope.tracing.span("request"):
        client.set(f"user:{ANNA}", "Anna Schmidt")
        assert client.get(f"user:{ANNA}") == b"Anna Schmidt"
        client.execute_command(f"GET user:{ANNA}")
    request = seen.span("request")
    commands = [span for span in seen.spans if span.parent == request.context]
    assert [span.name for span in commands] == ["SET", "GET", "GET"]
    attributes = commands[0].attributes
    assert attributes is not None
    assert (attributes["db.system.name"], attributes["db.namespace"]) == ("redis", "0")
    assert "db.query.text" not in attributes
    assert "anna" not in everything(seen).lower()
    counted = [line for line in text().decode().splitlines() if 'db_operation_name="SET"' in line]
    assert any(line.startswith("db_client_operation_duration_seconds_count") for line in counted)


def test_hits_and_misses_are_counted(client: Any) -> None:
    before = {
        (name, result): looked_up(name, result)
        for name in ("GET", "MGET", "HGETALL")
        for result in ("hit", "miss")
    }
    client.set("a", 1)
    client.get("a")
    client.get("b")
    client.mget("a", "b", "c")
    client.hgetall("b")
    with client.pipeline() as pipeline:
        pipeline.get("a").get("b").set("c", 1)
        pipeline.execute()
    after = {key: looked_up(*key) - value for key, value in before.items()}
    assert after == {
        ("GET", "hit"): 2, ("GET", "miss"): 2, ("MGET", "hit"): 1, ("MGET", "miss"): 2,
        ("HGETALL", "hit"): 0, ("HGETALL", "miss"): 1,
    }  # fmt: skip


async def test_an_asynchronous_client_and_its_pipelines_are_observed_alike(
    async_client: Any, seen: Captured
) -> None:
    before = looked_up("GET", "hit")
    await async_client.set("a", "Anna")
    assert await async_client.get("a") == b"Anna"
    async with async_client.pipeline(transaction=False) as pipeline:
        assert await pipeline.get("a").get("b").execute() == [b"Anna", None]
    async with async_client.pipeline() as pipeline:
        await pipeline.set("b", "Anna").execute()
    assert [span.name for span in seen.spans] == ["SET", "GET", "PIPELINE", "MULTI"]
    assert looked_up("GET", "hit") - before == 2
    assert "Anna" not in everything(seen)


async def test_a_failed_command_is_a_line_without_keys_and_values(
    async_client: Any, client: Any, seen: Captured
) -> None:
    client.set(f"user:{ANNA}", "Anna")
    with pytest.raises(redis.ResponseError) as raised:
        client.lpush(f"user:{ANNA}", "Anna")
    eduscope.errors.report(raised.value)
    with pytest.raises(redis.ResponseError) as raised:
        client.execute_command("LPUSH Anna")
    eduscope.errors.report(raised.value)
    with client.pipeline() as pipeline, pytest.raises(redis.ResponseError) as raised:
        pipeline.lpush(f"user:{ANNA}", "Anna").execute()
    eduscope.errors.report(raised.value)
    with pytest.raises(redis.ResponseError):
        await async_client.lpush(f"user:{ANNA}", "Anna")
    lines = [line for line in seen.lines if line["message"] == "query failed"]
    assert [line["db.operation.name"] for line in lines] == ["LPUSH", "LPUSH", "MULTI", "LPUSH"]
    assert {line["error.type"] for line in lines} == {"redis.exceptions.ResponseError"}
    assert lines[0]["code.file.path"].endswith("test_redis.py")
    assert "anna.schmidt" not in everything(seen)
    assert "Anna" not in everything(seen)


def test_slow_commands_are_lines_unless_they_were_told_to_wait(redis_address: str, seen: Captured) -> None:
    with redis.Redis.from_url(redis_address) as plain:
        client: Any = plain
        instrument(client, slow_command_ms=0)
        client.ping()
        client.blpop(["nothing"], timeout=0.01)
    assert [(line["message"], line["db.operation.name"]) for line in seen.lines] == [("slow query", "PING")]


@pytest.mark.parametrize(
    ("given", "name"),
    [
        ("get", "GET"),
        (b"GET", "GET"),
        ("GET anna", "GET"),
        ("JSON.GET", "JSON.GET"),
        ("anna@x", "OTHER"),
        ("", "OTHER"),
        (None, "NONE"),
    ],
)
def test_a_command_is_told_by_its_first_word(given: object, name: str) -> None:
    assert command_name(given) == name


def test_what_is_no_longer_instrumented_is_no_longer_observed(client: Any, seen: Captured) -> None:
    uninstrument(uninstrument(client)).ping()
    client.pipeline().ping().execute()
    assert not seen.spans
