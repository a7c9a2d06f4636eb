"""What every door does: authenticate, bound, decompress, check, hand the bytes to a lane, answer."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

import msgspec
from litestar import Request, Response
from litestar.exceptions import InternalServerException

from eduscope.contract.headers import DEBUG_HEADER, ENVIRONMENT_HEADER, SERVICE_HEADER
from eduscope_server.access import Access, AccessDenied, IngestKey
from eduscope_server.ingest.admission import Admission
from eduscope_server.ingest.batches import BATCH_HEADER, Batches
from eduscope_server.ingest.body import Limits, discard, read_body
from eduscope_server.ingest.errors import Refused, WrongType
from eduscope_server.ingest.lanes import Block, Lanes
from eduscope_server.ingest.metrics import IngestMetrics
from eduscope_server.state import StateUnavailable
from eduscope_server.store import StoreUnavailable, UnreadableBlock

INLINE_BYTES = 256 << 10
"""Larger bodies are checked in a thread, so that one sender does not hold up the others' requests."""

RequestAny = Request[Any, Any, Any]


class Refusal(msgspec.Struct, frozen=True):
    """Why a body was not taken, before it has the shape of a protocol."""

    status: int
    code: str
    message: str
    hint: str = ""
    retry_after_seconds: int | None = None


class Format(msgspec.Struct, frozen=True):
    """One content type of one protocol.

    `check` turns a body into the block the lanes take, or raises `Refused`; `stored` and `refused` are the
    protocol's own words for the two outcomes.
    """

    content_type: str
    check: Callable[[bytes], Block]
    stored: bytes
    refused: Callable[[Refusal], bytes]


@dataclass(frozen=True)
class Shared:
    """What all doors have in common."""

    access: Access
    lanes: Lanes
    admission: Admission
    limits: Limits
    metrics: IngestMetrics
    debug_seconds: Callable[[str, str], int] = lambda _service, _environment: 0
    """For how many seconds a service, in an environment, may write debug lines."""
    batches: Batches = field(default_factory=Batches)


Keep = Callable[[Block, IngestKey], Awaitable[None]]
"""Stores a block; when it returns, it is stored."""


class Door:
    """Takes bodies of one signal."""

    def __init__(self, name: str, formats: dict[str, Format], shared: Shared, keep: Keep) -> None:
        """`formats` are the content types that the door reads, `keep` what becomes of a block that may be kept."""
        self.name = name
        self._keep = keep
        self._formats = formats
        self._shared = shared
        self._fallback = next(iter(formats.values()))

    async def answer(self, request: RequestAny) -> Response[bytes]:
        """Takes a request's body and answers once it is stored."""
        started = time.perf_counter()
        format_ = self._formats.get(_content_type(request), self._fallback)
        chunks = _chunks(request)
        refusal = await self._take(request, chunks)
        if refusal is not None and "expect" not in request.headers:
            await discard(chunks)
        self._shared.metrics.seconds.labels(self.name).observe(time.perf_counter() - started)
        if refusal is None:
            return Response(
                format_.stored, media_type=format_.content_type, headers=self._debug_headers(request)
            )
        self._shared.metrics.refused.labels(self.name, refusal.code).inc()
        headers = {"WWW-Authenticate": "Bearer"} if refusal.status == 401 else {}
        if refusal.retry_after_seconds is not None:
            headers["Retry-After"] = str(refusal.retry_after_seconds)
        return Response(
            format_.refused(refusal),
            media_type=format_.content_type,
            status_code=refusal.status,
            headers=headers,
        )

    def _debug_headers(self, request: RequestAny) -> dict[str, str]:
        """To a producer that says which service it is: whether it may write debug lines, and for how long."""
        service = request.headers.get(SERVICE_HEADER)
        if not service:
            return {}
        environment = request.headers.get(ENVIRONMENT_HEADER, "")
        return {DEBUG_HEADER: str(self._shared.debug_seconds(service, environment))}

    async def _take(self, request: RequestAny, chunks: AsyncIterator[bytes]) -> Refusal | None:
        """Stores the body, or says why not. Every way a body can fail ends here."""
        try:
            key = self._shared.access.ingest_key(request.headers.get("authorization"))
            format_ = self._formats.get(_content_type(request))
            if format_ is None:
                wanted = " or ".join(self._formats)
                raise WrongType("the content type is not one this door reads", hint=f"send {wanted}")
            with self._shared.admission.reservation() as held:
                body = await read_body(
                    chunks,
                    content_length=request.headers.get("content-length"),
                    content_encoding=request.headers.get("content-encoding"),
                    limits=self._shared.limits,
                    held=held,
                )
                if len(body) > INLINE_BYTES:
                    block = await asyncio.to_thread(format_.check, body)
                else:
                    block = format_.check(body)
                if block.data:
                    await self._store_once(request, block, key)
        except AccessDenied as denied:
            return Refusal(denied.status, denied.code, denied.message, denied.hint)
        except Refused as refused:
            return Refusal(
                refused.status, refused.code, refused.message, refused.hint, refused.retry_after_seconds
            )
        except UnreadableBlock:
            return Refusal(400, "unreadable_body", f"the body holds no readable {self.name}")
        except (StoreUnavailable, StateUnavailable) as away:
            return Refusal(
                503, "unavailable", str(away), retry_after_seconds=StoreUnavailable.retry_after_seconds
            )
        return None

    async def _store_once(self, request: RequestAny, block: Block, key: IngestKey) -> None:
        """Stores a block, unless it is a batch that is stored already: its sender missed the answer."""
        is_new = await self._shared.batches.once(
            f"{key.project}/{key.tenant_id or ''}/{self.name}",
            request.headers.get(BATCH_HEADER),
            lambda: self._keep(block, key),
        )
        if not is_new:
            self._shared.metrics.repeated.labels(self.name).inc()


async def _chunks(request: RequestAny) -> AsyncIterator[bytes]:
    """The body as it arrives. Where the sender hangs up in its middle, it ends with a refusal that nobody reads."""
    try:
        async for chunk in request.stream():
            yield chunk
    except InternalServerException as error:
        raise Refused("the body ended in its middle") from error


def _content_type(request: RequestAny) -> str:
    """The media type without its parameters."""
    sent: str = request.headers.get("content-type", "")
    return sent.partition(";")[0].strip().lower()


def refused_as_json(refusal: Refusal) -> bytes:
    """A refusal in the shape all of the platform's JSON errors have."""
    error = {"code": refusal.code, "message": refusal.message, "hint": refusal.hint}
    return msgspec.json.encode({"error": {name: text for name, text in error.items() if text}})
