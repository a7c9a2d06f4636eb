"""redis-py, observed: every command timed and a span, hits and misses counted. Keys and values are never looked at.

>>> cache = eduscope.database.redis.instrument(redis.Redis.from_url(address))      # or redis.asyncio's
"""

import inspect
import re
import time
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, TypeVar

from eduscope import metrics
from eduscope.counters import counters
from eduscope.database.observation import Observation
from eduscope.database.statement import Statement

Client = TypeVar("Client")

SYSTEM = "redis"
PIPELINE, TRANSACTION = "PIPELINE", "MULTI"

ONE_VALUE = frozenset({"GET", "GETDEL", "GETEX", "HGET", "JSON.GET"})
MANY_VALUES = frozenset({"MGET", "HMGET"})
WHOLE_HASH = "HGETALL"
"""Commands that look something up: what is not there is a miss."""

WAITING = frozenset(
    {
        "BLMOVE", "BLMPOP", "BLPOP", "BRPOP", "BRPOPLPUSH", "BZMPOP", "BZPOPMAX", "BZPOPMIN", "WAIT", "WAITAOF",
        "XREAD", "XREADGROUP",
    }
)  # fmt: skip
"""Commands that may wait because they were told to: slow is what they are for."""

lookups = metrics.counter(
    "db_client_lookups",
    "Values looked up in a cache, by whether they were there.",
    labels=("db_system_name", "db_operation_name", "db_namespace", "result"),
)

_is_command = re.compile(r"[A-Z][A-Z0-9._]{0,31}").fullmatch
_PROBE = "_eduscope"


def instrument(client: Client, *, slow_command_ms: float | None = None) -> Client:
    """The same client, observed from now on, the pipelines it makes too. Twice does no more than once.

    Recorded is the name of a command, never a key, a value or a script. `slow_command_ms` overrides the
    configuration's `slow_query_ms`.
    """
    if _PROBE not in vars(client):
        setattr(client, _PROBE, Probe(client, slow_command_ms))
    return client


def uninstrument(client: Client) -> Client:
    """The same client, no longer observed."""
    if vars(client).pop(_PROBE, None) is not None:
        for name in ("execute_command", "pipeline"):
            vars(client).pop(name, None)
    return client


class Probe:
    """Observes one client."""

    def __init__(self, client: Any, slow_ms: float | None) -> None:
        pool = getattr(client, "connection_pool", None)
        namespace = str(int(getattr(pool, "connection_kwargs", {}).get("db") or 0))
        self._namespace = namespace
        self._quick = Observation(SYSTEM, namespace, slow_query_ms=slow_ms, read=_command)
        self._waiting = Observation(SYSTEM, namespace, slow_query_ms=float("inf"), read=_command)
        client.execute_command = _observing(client.execute_command, self.of_command, self)
        make = client.pipeline

        def pipeline(*args: Any, **options: Any) -> Any:
            made = make(*args, **options)
            try:
                made.execute = _observing(made.execute, lambda _args: self.of_pipeline(made), self)
            except Exception:  # noqa: BLE001 - the host must never pay for being observed
                counters.failure("redis")
            return made

        client.pipeline = pipeline

    def of_command(self, args: tuple[Any, ...]) -> list[str]:
        """The name of the command that is called."""
        return [command_name(args[0] if args else "")]

    def of_pipeline(self, pipeline: Any) -> list[str]:
        """How the pipeline runs, then the names of its commands."""
        atomic = getattr(pipeline, "is_transaction", None) or getattr(pipeline, "transaction", False)
        names = [command_name(_first_word(entry)) for entry in pipeline.command_stack]
        return [TRANSACTION if atomic is True else PIPELINE, *names]

    def succeeded(self, names: Sequence[str], duration_ns: int, answer: Any) -> None:
        """A call is over. Never raises."""
        try:
            self._observation(names[0]).succeeded(names[0], duration_ns)
            if len(names) == 1:
                self._look_up(names[0], answer)
            elif isinstance(answer, list):
                for name, one in zip(names[1:], answer, strict=False):
                    self._look_up(name, one)
        except Exception:  # noqa: BLE001 - the host must never pay for being observed
            counters.failure("redis")

    def failed(self, names: Sequence[str], duration_ns: int, error: BaseException) -> None:
        """A call failed. Never raises."""
        self._observation(names[0]).failed(names[0], duration_ns, error)

    def _observation(self, name: str) -> Observation:
        return self._waiting if name in WAITING else self._quick

    def _look_up(self, name: str, answer: Any) -> None:
        """Counts hits and misses of a command that looks something up."""
        if isinstance(answer, BaseException):
            return
        if name in ONE_VALUE:
            misses, found = int(answer is None), int(answer is not None)
        elif name in MANY_VALUES and isinstance(answer, list):
            misses = sum(value is None for value in answer)
            found = len(answer) - misses
        elif name == WHOLE_HASH:
            misses, found = int(not answer), int(bool(answer))
        else:
            return
        for result, number in (("hit", found), ("miss", misses)):
            if number:
                lookups.add((SYSTEM, name, self._namespace, result), number)


def command_name(given: Any) -> str:
    """The first word of a command in capitals: the second may be a key (`execute_command("GET anna")`)."""
    text = given.decode("latin-1") if isinstance(given, bytes) else str(given)
    word = text[:64].partition(" ")[0].upper()
    return word if _is_command(word) else "OTHER"


def _first_word(entry: Any) -> Any:
    """The command of an entry of a pipeline: a tuple of arguments and options."""
    arguments = entry[0] if isinstance(entry, tuple) else getattr(entry, "args", ())
    return arguments[0] if arguments else ""


def _command(name: str, _system: str) -> Statement:
    """What is kept of a command: its name."""
    return Statement("", name, "")


def _observing(
    run: Callable[..., Any], names_of: Callable[[tuple[Any, ...]], list[str]], probe: Probe
) -> Callable[..., Any]:
    """A method that asks the server, timed. redis-py's asynchronous ones give something to wait for."""

    def observed(*args: Any, **options: Any) -> Any:
        names = _named(names_of, args)
        started_ns = time.perf_counter_ns()
        try:
            answer = run(*args, **options)
        except BaseException as error:
            probe.failed(names, time.perf_counter_ns() - started_ns, error)
            raise
        if inspect.isawaitable(answer):
            return _waited(answer, names, started_ns, probe)
        probe.succeeded(names, time.perf_counter_ns() - started_ns, answer)
        return answer

    return observed


async def _waited(answer: Awaitable[Any], names: list[str], started_ns: int, probe: Probe) -> Any:
    try:
        result = await answer
    except BaseException as error:
        probe.failed(names, time.perf_counter_ns() - started_ns, error)
        raise
    probe.succeeded(names, time.perf_counter_ns() - started_ns, result)
    return result


def _named(names_of: Callable[[tuple[Any, ...]], list[str]], args: tuple[Any, ...]) -> list[str]:
    try:
        return names_of(args)
    except Exception:  # noqa: BLE001 - the host must never pay for being observed
        counters.failure("redis")
        return ["OTHER"]
