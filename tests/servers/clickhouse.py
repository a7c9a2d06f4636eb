"""A ClickHouse server for tests: the real engine behind ClickHouse's HTTP interface.

    python tests/servers/clickhouse.py PORT FOLDER

The engine, its SQL, its formats and its error codes are ClickHouse's own; only the network end is made here, since
no package brings a server of a current version. It speaks what clickhouse-connect sends: a query in the body or in
the `query` parameter, settings and `param_…` as parameters, data in the body.
"""

import re
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, urlsplit

import clickhouse_connect
from clickhouse_connect.driver._backend.httpcommon import decompress_response
from clickhouse_connect.driver.exceptions import ClickHouseError

_INSERT = re.compile(r"\s*INSERT INTO (\S+)\s*(\([^)]*\))?\s*FORMAT (\w+)[ \t]*\n?", re.IGNORECASE)
_FORMAT = re.compile(r"\s*FORMAT (\w+)\s*$", re.IGNORECASE)
_NOT_SETTINGS = {
    "query", "database", "client_protocol_version", "session_id", "query_id", "wait_end_of_query", "default_format",
    "enable_http_compression", "send_progress_in_http_headers", "http_headers_progress_interval_ms", "compress",
    "session_timeout",
}  # fmt: skip


class Handler(BaseHTTPRequestHandler):
    """One request is one query."""

    protocol_version = "HTTP/1.1"
    folder = ""

    def do_GET(self) -> None:
        """`/ping`, and queries by GET."""
        self._respond()

    do_POST = do_GET  # noqa: N815

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - http.server's name
        """Nothing is printed."""

    def _respond(self) -> None:
        address = urlsplit(self.path)
        sent = dict(parse_qsl(address.query, keep_blank_values=True))
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0)) or self._chunks()
        if address.path == "/ping":
            self._send(200, b"Ok.\n")
            return
        body = decompress_response(body, self.headers.get("Content-Encoding"))
        try:
            answer, format_ = self._run(sent, body)
        except ClickHouseError as error:
            code = getattr(error, "code", 0) or 0
            self._send(500, str(error).encode(), {"X-ClickHouse-Exception-Code": str(code)})
            return
        self._send(200, answer, {"X-ClickHouse-Format": format_, "X-ClickHouse-Summary": "{}"})

    def _run(self, sent: dict[str, str], body: bytes) -> tuple[bytes, str]:
        client = clickhouse_connect.get_client(interface="chdb", path=self.folder)
        settings = {k: v for k, v in sent.items() if k not in _NOT_SETTINGS and not k.startswith("param_")}
        parameters = {k.removeprefix("param_"): v for k, v in sent.items() if k.startswith("param_")}
        try:
            # A raw insert has its statement before its data, which need not be text.
            query = sent.get("query", "") or body.decode("latin-1")
            if match := _INSERT.match(query):
                data = body if sent.get("query") else body[match.end() :]
                columns = [c.strip(" `") for c in match[2][1:-1].split(",")] if match[2] else None
                table = match[1].replace("`", "")
                client.raw_insert(table, columns, insert_block=data, fmt=match[3], settings=settings)
                return b"", ""
            found = _FORMAT.search(query)
            format_ = found[1] if found else "TabSeparated"
            plain = (query[: found.start()] if found else query).encode("latin-1").decode()
            answer = client.raw_query(plain, parameters=parameters, settings=settings, fmt=format_)
            return answer, format_
        finally:
            client.close()

    def _chunks(self) -> bytes:
        """A chunked body, whole."""
        if "chunked" not in (self.headers.get("Transfer-Encoding") or ""):
            return b""
        parts = []
        while size := int(self.rfile.readline().split(b";")[0], 16):
            parts.append(self.rfile.read(size))
            self.rfile.readline()
        self.rfile.readline()
        return b"".join(parts)

    def _send(self, status: int, body: bytes, headers: dict[str, str] | None = None) -> None:
        self.send_response(status)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


if __name__ == "__main__":
    Handler.folder = sys.argv[2]
    keeper = clickhouse_connect.get_client(interface="chdb", path=Handler.folder)
    ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Handler).serve_forever()
