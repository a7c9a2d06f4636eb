"""`@eduscope.inference(…)`: a function of any kind whose calls are observed."""

import functools
import inspect
from collections.abc import AsyncIterator, Callable, Generator
from typing import TYPE_CHECKING, Any, TypeVar, cast

if TYPE_CHECKING:
    from eduscope.model_call import inference

Function = TypeVar("Function", bound=Callable[..., Any])


def observed(function: Function, make: Callable[[], "inference"]) -> Function:
    """The function of the same kind: plain, coroutine, generator or asynchronous generator."""
    wrap = _plain
    if inspect.isasyncgenfunction(function):
        wrap = _async_generator
    elif inspect.isgeneratorfunction(function):
        wrap = _generator
    elif inspect.iscoroutinefunction(function):
        wrap = _coroutine
    return cast("Function", functools.wraps(function)(wrap(function, make)))


def _plain(function: Callable[..., Any], make: Callable[[], "inference"]) -> Callable[..., Any]:
    def call(*args: Any, **kwargs: Any) -> Any:
        with make():
            return function(*args, **kwargs)

    return call


def _coroutine(function: Callable[..., Any], make: Callable[[], "inference"]) -> Callable[..., Any]:
    async def call(*args: Any, **kwargs: Any) -> Any:
        with make():
            return await function(*args, **kwargs)

    return call


def _generator(function: Callable[..., Any], make: Callable[[], "inference"]) -> Callable[..., Any]:
    def call(*args: Any, **kwargs: Any) -> Generator[Any, Any, Any]:
        observation = make()
        observation.begin()
        stream = observation.stream(function(*args, **kwargs))
        try:
            return (yield from stream)
        finally:
            stream.close()

    return call


def _async_generator(function: Callable[..., Any], make: Callable[[], "inference"]) -> Callable[..., Any]:
    async def call(*args: Any, **kwargs: Any) -> AsyncIterator[Any]:
        observation = make()
        observation.begin()
        stream = observation.stream(function(*args, **kwargs))
        try:
            async for chunk in stream:
                yield chunk
        finally:
            await stream.aclose()

    return call
