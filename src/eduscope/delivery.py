"""Sends one batch to a target by HTTP and says what to do next. No retries here, no state but a connection."""

import http.client
import importlib.util
import ssl
import time
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from functools import cache
from urllib.parse import urlsplit

from eduscope.export import Outcome, Verdict

BATCH_ID_HEADER = "eduscope-batch-id"
"""The same on every sending of the same batch, so that one whose answer was lost can be recognised."""

GZIP_LEVEL = 1
"""Level 1 shrinks log lines about eightfold at 100 MB/s; higher levels cost the host's processor for
little.
"""

GZIP_WINDOW = 31
"""zlib's word for a gzip header around the largest window."""

ZSTD_LEVEL = 1
"""Smaller than gzip's level 1 at several times its speed."""

RETRY_AFTER_MAX_SECONDS = 60.0
"""A target may ask to be left alone, but not for so long that the queue is lost to it."""

ANSWER_MAX_BYTES = 64 * 1024

NDJSON, PROTOBUF = "application/x-ndjson", "application/x-protobuf"


@dataclass(frozen=True, slots=True)
class Door:
    """Where batches go, and how they are wrapped."""

    url: str
    content_type: str = NDJSON
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    """May hold a key: not shown."""
    zstd: bool = True
    """Whether the target reads zstd; used where the package `zstandard` is installed."""


def platform_door(
    endpoint: str, ingest_key: str, path: str = "/v1/ndjson", content_type: str = NDJSON
) -> Door:
    """A door of the platform."""
    headers = {"Authorization": f"Bearer {ingest_key}"} if ingest_key else {}
    return Door(f"{endpoint.rstrip('/')}{path}", content_type, headers)


class Delivery:
    """One connection to a door. Used by one thread."""

    def __init__(
        self,
        door: Door,
        timeout_seconds: float,
        heard: Callable[[Mapping[str, str]], None] = lambda _headers: None,
    ) -> None:
        """`heard` is given the headers of every answer that says "kept"; it must not raise."""
        parts = urlsplit(door.url)
        self._secure = parts.scheme == "https"
        self._host, self._port = parts.hostname or "", parts.port
        self._path = parts.path or "/"
        self._timeout_seconds = timeout_seconds
        self._heard = heard
        self._connection: http.client.HTTPConnection | None = None
        self._headers = {
            "User-Agent": "eduscope-sdk",
            **door.headers,
            "Content-Type": door.content_type,
        }
        self._encoding = "zstd" if door.zstd and has_zstd() else "gzip"

    def send(self, body: bytes, batch_id: str) -> Outcome:
        """Sends a batch once. Never raises."""
        try:
            status, retry_after = self._post(body, batch_id)
            if status == http.HTTPStatus.UNSUPPORTED_MEDIA_TYPE and self._encoding == "zstd":
                self._encoding = "gzip"  # something between us and the target does not know zstd
                status, retry_after = self._post(body, batch_id)
            return judge(status, retry_after)
        except (OSError, http.client.HTTPException, ValueError) as failure:
            self.close()
            timed_out = isinstance(failure, TimeoutError)
            return Outcome(Verdict.LATER, "timeout" if timed_out else "unreachable")

    def close(self) -> None:
        """Gives up the connection; the next sending makes a new one."""
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()

    def _post(self, body: bytes, batch_id: str) -> tuple[int, str | None]:
        """The answer's status and its Retry-After."""
        connection = self._connection or self._connect()
        self._connection = connection
        headers = {**self._headers, "Content-Encoding": self._encoding, BATCH_ID_HEADER: batch_id}
        connection.request("POST", self._path, PACKERS[self._encoding](body), headers)
        answer = connection.getresponse()
        answer.read(ANSWER_MAX_BYTES)
        if answer.will_close or not answer.isclosed():
            self.close()
        if 200 <= answer.status < 300:
            self._heard(answer.headers)  # type: ignore[arg-type]  # a mapping in all but name
        return answer.status, answer.headers.get("Retry-After")

    def _connect(self) -> http.client.HTTPConnection:
        if self._secure:
            return http.client.HTTPSConnection(
                self._host, self._port, timeout=self._timeout_seconds, context=ssl.create_default_context()
            )
        return http.client.HTTPConnection(self._host, self._port, timeout=self._timeout_seconds)


@cache
def has_zstd() -> bool:
    """Whether `zstandard` is installed."""
    return importlib.util.find_spec("zstandard") is not None


def _gzip(body: bytes) -> bytes:
    packer = zlib.compressobj(GZIP_LEVEL, zlib.DEFLATED, GZIP_WINDOW)
    return packer.compress(body) + packer.flush()


def _zstd(body: bytes) -> bytes:
    import zstandard  # noqa: PLC0415 - optional, and loaded by the sending thread alone

    return zstandard.ZstdCompressor(level=ZSTD_LEVEL).compress(body)


PACKERS: Mapping[str, Callable[[bytes], bytes]] = {"gzip": _gzip, "zstd": _zstd}
"""How a body is made smaller, by its Content-Encoding."""


def judge(status: int, retry_after: str | None) -> Outcome:
    """What an answer means: 2xx kept; busy or away later; a failure doubtful; anything else never."""
    if 200 <= status < 300:
        return Outcome(Verdict.KEPT)
    if status in _BUSY:
        return Outcome(Verdict.LATER, f"status_{status}", _seconds(retry_after))
    if status >= 500:
        return Outcome(Verdict.DOUBTFUL, f"status_{status}", _seconds(retry_after))
    return Outcome(Verdict.REFUSED, f"status_{status}")


_BUSY = frozenset({408, 425, 429, 502, 503, 504})


def _seconds(retry_after: str | None) -> float:
    """Retry-After in seconds, from either of its forms (RFC 9110, 10.2.3); 0 where it is neither."""
    try:
        return min(max(0.0, _until(retry_after or "0")), RETRY_AFTER_MAX_SECONDS)  # in this order NaN is 0
    except (ValueError, OverflowError):
        return 0.0


def _until(retry_after: str) -> float:
    try:
        return float(retry_after)
    except ValueError:
        return parsedate_to_datetime(retry_after).timestamp() - time.time()
