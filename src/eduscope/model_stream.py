"""Streamed answers: handed on word by word, while the first word and the last are timed.

A stream may be read long after the code that asked has returned, in another task or thread. So the call's span is
current only while the next word is fetched, and the call ends when the stream does.
"""

from collections.abc import AsyncIterable, AsyncIterator, Callable, Iterable, Iterator
from contextlib import AbstractContextManager
from typing import Any, Protocol

from eduscope.counters import counters


class Call(Protocol):
    """What a stream tells the call it belongs to."""

    def active(self) -> AbstractContextManager[object]:
        """The call's span and ids are the current ones inside."""

    def took(self, chunk: object) -> None:
        """A chunk arrived."""

    def stream_ended(self, error: BaseException | None, *, whole: bool) -> None:
        """The stream failed, or was read to its end, or was left before."""


class _Ending:
    """Tells the call once that its stream has ended."""

    def __init__(self, call: Call) -> None:
        self._call = call
        self._open = True

    def left(self) -> None:
        """The reader is gone; what is read from has been closed already."""
        self._end(None, whole=False)

    def _end(self, error: BaseException | None, *, whole: bool) -> None:
        if self._open:
            self._open = False
            self._call.stream_ended(error, whole=whole)

    def __del__(self) -> None:
        """A stream nobody reads to its end ends where it is forgotten."""
        if callable(_forgotten):  # while the interpreter ends it may be gone already
            _forgotten(self)


class Stream(_Ending, Iterator[Any]):
    """An iterator of the same chunks. Generators may be sent to, thrown into and closed through it."""

    def __init__(self, call: Call, chunks: Iterable[Any]) -> None:
        super().__init__(call)
        self._chunks = iter(chunks)

    def __next__(self) -> Any:
        """The next chunk."""
        return self._step(self._chunks.__next__)

    def send(self, value: Any) -> Any:
        """The next chunk of a generator that is given a value."""
        return self._step(self._chunks.send, value)  # type: ignore[attr-defined]

    def throw(self, *error: Any) -> Any:
        """The next chunk of a generator that is given an exception."""
        return self._step(self._chunks.throw, *error)  # type: ignore[attr-defined]

    def close(self) -> None:
        """Ends the stream here."""
        try:
            close = getattr(self._chunks, "close", None)
            if close is not None:
                close()
        finally:
            self._end(None, whole=False)

    def _step(self, step: Callable[..., Any], *args: Any) -> Any:
        try:
            with self._call.active():
                chunk = step(*args)
        except StopIteration:
            self._end(None, whole=True)
            raise
        except BaseException as error:
            self._end(error, whole=False)
            raise
        self._call.took(chunk)
        return chunk


class AsyncStream(_Ending, AsyncIterator[Any]):
    """An asynchronous iterator of the same chunks."""

    def __init__(self, call: Call, chunks: AsyncIterable[Any]) -> None:
        super().__init__(call)
        self._chunks = aiter(chunks)

    async def __anext__(self) -> Any:
        """The next chunk."""
        try:
            with self._call.active():
                chunk = await self._chunks.__anext__()
        except StopAsyncIteration:
            self._end(None, whole=True)
            raise
        except BaseException as error:
            self._end(error, whole=False)
            raise
        self._call.took(chunk)
        return chunk

    async def aclose(self) -> None:
        """Ends the stream here."""
        try:
            close = getattr(self._chunks, "aclose", None)
            if close is not None:
                await close()
        finally:
            self._end(None, whole=False)


def _forgotten(stream: _Ending) -> None:
    try:
        stream._end(None, whole=False)
    except Exception:  # noqa: BLE001 - a finaliser has nobody to raise to, and the interpreter may be ending
        counters.failure("inference")
