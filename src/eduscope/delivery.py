"""Sends one batch of lines to the platform and says what to do next. No retries here, no state but a
connection.
"""

import http.client
import ssl
import zlib
from urllib.parse import urlsplit

from eduscope.export import Outcome, Verdict

GZIP_LEVEL = 1
"""Level 1 shrinks log lines about eightfold at 100 MB/s; higher levels cost the host's processor for
little.
"""

GZIP_WINDOW = 31
"""zlib's word for a gzip header around the largest window."""

RETRY_AFTER_MAX_SECONDS = 60.0
"""A platform may ask to be left alone, but not for so long that the queue is lost to it."""

ANSWER_MAX_BYTES = 64 * 1024


class Delivery:
    """One connection to the platform's door for lines. Used by one thread."""

    def __init__(self, endpoint: str, ingest_key: str, timeout_seconds: float) -> None:
        parts = urlsplit(endpoint)
        self._secure = parts.scheme == "https"
        self._host, self._port = parts.hostname or "", parts.port
        self._path = f"{parts.path.rstrip('/')}/v1/ndjson"
        self._timeout_seconds = timeout_seconds
        self._connection: http.client.HTTPConnection | None = None
        self._headers = {
            "Content-Type": "application/x-ndjson",
            "Content-Encoding": "gzip",
            "User-Agent": "eduscope-sdk",
        }
        if ingest_key:
            self._headers["Authorization"] = f"Bearer {ingest_key}"

    def send(self, lines: bytes) -> Outcome:
        """Sends lines once. Never raises."""
        body = compress(lines)
        try:
            connection = self._connection or self._connect()
            self._connection = connection
            connection.request("POST", self._path, body, self._headers)
            answer = connection.getresponse()
            answer.read(ANSWER_MAX_BYTES)
            if answer.will_close or not answer.isclosed():
                self.close()
            return judge(answer.status, answer.headers.get("Retry-After"))
        except (OSError, http.client.HTTPException, ValueError) as failure:
            self.close()
            timed_out = isinstance(failure, TimeoutError)
            return Outcome(Verdict.LATER, "timeout" if timed_out else "unreachable")

    def close(self) -> None:
        """Gives up the connection; the next sending makes a new one."""
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()

    def _connect(self) -> http.client.HTTPConnection:
        if self._secure:
            return http.client.HTTPSConnection(
                self._host, self._port, timeout=self._timeout_seconds, context=ssl.create_default_context()
            )
        return http.client.HTTPConnection(self._host, self._port, timeout=self._timeout_seconds)


def compress(lines: bytes) -> bytes:
    """The lines as gzip."""
    packer = zlib.compressobj(GZIP_LEVEL, zlib.DEFLATED, GZIP_WINDOW)
    return packer.compress(lines) + packer.flush()


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
    """Retry-After in seconds. Its date form is not used by the platform and counts as none."""
    try:
        return min(max(float(retry_after or 0), 0.0), RETRY_AFTER_MAX_SECONDS)
    except ValueError:
        return 0.0
