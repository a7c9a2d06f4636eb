import asyncio
import threading
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor

import pytest

import eduscope
from eduscope import tracing
from eduscope.context import current
from eduscope.testing import Captured


def work(name: str) -> str:
    """Something done elsewhere: makes a span and says whose it is."""
    with tracing.span(name):
        return current().correlation_id


def parents(seen: Captured) -> set[int | None]:
    """The parents of all spans but the root."""
    return {span.parent and span.parent.span_id for span in seen.spans if span.name != "root"}


def root_id(seen: Captured) -> int:
    """The root's id."""
    context = seen.span("root").context
    assert context is not None
    return int(context.span_id)


def test_a_thread_goes_on_with_the_ids_and_the_span(seen: Captured) -> None:
    told: list[str] = []
    with eduscope.bind(correlation_id="carried-1"), tracing.span("root"):
        carried = tracing.carry(lambda: told.append(work("threaded")))
        threads = [threading.Thread(target=carried) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    carried()  # also where the one who made it has moved on
    assert told == ["carried-1"] * 5
    assert parents(seen) == {root_id(seen)}


def test_an_executor_takes_along_whose_work_it_is(seen: Captured) -> None:
    with tracing.Executor(ThreadPoolExecutor(2)) as pool:
        with eduscope.bind(correlation_id="carried-1"), tracing.span("root"):
            told = [*pool.map(work, ["a", "b", "c"]), pool.submit(work, "d").result()]
        assert told == ["carried-1"] * 4
        assert pool.submit(current).result().correlation_id == ""
    assert parents(seen) == {root_id(seen)}


def test_an_executor_that_others_hold_is_instrumented_once(seen: Captured) -> None:
    with ThreadPoolExecutor(1) as pool:
        tracing.instrument(pool)
        tracing.instrument(pool)
        with eduscope.bind(correlation_id="carried-1"):
            assert pool.submit(work, "a").result() == "carried-1"


def test_an_executor_of_processes_is_refused_with_what_to_do() -> None:
    with ProcessPoolExecutor(1) as pool, pytest.raises(TypeError, match="inject"):
        tracing.Executor(pool)


async def test_tasks_and_their_threads_go_on_by_themselves(seen: Captured) -> None:
    async def task(name: str) -> str:
        await asyncio.sleep(0)
        return await asyncio.to_thread(work, name)

    with eduscope.bind(correlation_id="carried-1"), tracing.span("root"):
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(task(name)) for name in "abc"]
    assert {task.result() for task in tasks} == {"carried-1"}
    assert parents(seen) == {root_id(seen)}
