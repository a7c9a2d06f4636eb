"""What is recorded of a request: as the JSON of its line, and as the attributes of its span.

Method, route, status and protocol make few combinations, so what is written of them is written once and
reused.
"""

import re
from collections.abc import Iterable
from typing import Any, NamedTuple
from urllib.parse import parse_qsl

from eduscope.config import Config
from eduscope.fields import plans
from eduscope.http import request as req
from eduscope.http.exchange import Exchange

COMBINATIONS_MAX = 4096
"""Combinations remembered; at the limit the memory starts again."""

CHARS_MAX = 1024
QUERY_PARAMETERS_MAX = 100


_names_secret = re.compile(
    r"authori[sz]|authentic|cookie|token|secret|passw|credential|session|signature|assertion|csrf|xsrf|jwt|api-?key"
    r"|(?:^|[-_])(?:auth|key|pwd|pass|sig|code|otp|pin|sid|nonce|hash)(?:[-_]|$)"
).search
"""Names of headers and parameters that hold credentials: they are not recorded even where they are listed."""


class Known(NamedTuple):
    """What is written of some fields."""

    text: str
    attributes: dict[str, Any]
    span_name: str = ""


class Recorder:
    """Makes the records of one middleware under one configuration."""

    def __init__(self, config: Config | None) -> None:
        headers = _not_secret(config.record_headers if config else ())
        self._headers = {name.encode(): f"http.request.header.{name.replace('-', '_')}" for name in headers}
        self._query = frozenset(_not_secret(config.record_query if config else ()))
        self._address_header = config.client_address_header.encode() if config else b""
        self._known: dict[tuple[Any, ...], Known] = {}
        self._clients: dict[tuple[str, bytes], Known] = {}
        self.wanted = req.KEPT_HEADERS | set(self._headers)
        """The headers to read."""
        if self._address_header:
            self.wanted |= {self._address_header}

    def known(self, exchange: Exchange, route: str, status: int, outcome: str) -> Known:
        """The part that is the same for many requests."""
        key = (exchange.method, route, status, outcome, exchange.scheme, exchange.version)
        found = self._known.get(key)
        if found is None:
            if len(self._known) >= COMBINATIONS_MAX:
                self._known.clear()
            found = self._known[key] = _known(*key)
        return found

    def own(self, exchange: Exchange) -> tuple[str, dict[str, Any]]:
        """The part that is this request's: sizes, the client, recorded headers and parameters."""
        request_bytes = exchange.request_bytes or 0
        text = (
            f',"http.request.body.size":{request_bytes},"http.response.body.size":{exchange.response_bytes}'
        )
        attributes: dict[str, Any] = {
            "http.request.body.size": request_bytes,
            "http.response.body.size": exchange.response_bytes,
        }
        headers = exchange.headers
        address = self._address(headers) or exchange.peer()
        client = self._client(address, headers.get(b"user-agent", b""))
        text += client.text
        attributes |= client.attributes
        if self._headers or self._query:
            chosen = _written(self._chosen(exchange))
            text += chosen.text
            attributes |= chosen.attributes
        return text, attributes

    def _address(self, headers: dict[bytes, bytes]) -> str:
        """The last entry of the header that the host's own proxy sets."""
        if not self._address_header:
            return ""
        return req.text(headers.get(self._address_header, b"")).rpartition(",")[2].strip()

    def _client(self, address: str, agent: bytes) -> Known:
        """Who asks; a client asks more than once."""
        key = (address, agent)
        found = self._clients.get(key)
        if found is None:
            if len(self._clients) >= COMBINATIONS_MAX:
                self._clients.clear()
            texts = {"client.address": address, "user_agent.original": req.text(agent)}
            found = self._clients[key] = _written({name: value for name, value in texts.items() if value})
        return found

    def _chosen(self, exchange: Exchange) -> dict[str, str]:
        """The headers and parameters that the configuration names."""
        headers = exchange.headers
        chosen = {field: req.text(headers[name]) for name, field in self._headers.items() if name in headers}
        return chosen | _parameters(exchange.query, self._query) if self._query else chosen


def _not_secret(names: Iterable[str]) -> list[str]:
    return [name for name in names if not _names_secret(name.replace("_", "-"))]


def _written(fields: dict[str, Any], span_name: str = "") -> Known:
    """Fields as a line and a span have them."""
    judged = {plans[name].key: plans[name].safe(value, CHARS_MAX) for name, value in fields.items()}
    text = "".join(plans[name].text(value, CHARS_MAX) for name, value in fields.items())
    return Known(text, judged, span_name)


def _known(  # noqa: PLR0913, PLR0917 - the parts of the key
    method: str, route: str, status: int, outcome: str, scheme: str, version: str
) -> Known:
    fields = {
        "http.request.method": method,
        "http.route": route,
        "url.path": route,
        "http.response.status_code": status,
        "http.outcome": outcome,
        "url.scheme": scheme,
        "network.protocol.version": version,
    }
    if status >= 500:
        fields["error.type"] = str(status)  # the exception's type takes its place where there is one
    return _written(fields, f"{method} {route}")


def _parameters(query: bytes, names: frozenset[str]) -> dict[str, str]:
    try:
        pairs = parse_qsl(req.text(query), keep_blank_values=True, max_num_fields=QUERY_PARAMETERS_MAX)
    except ValueError:  # more parameters than anyone means
        return {}
    return {f"url.query.{name.lower()}": value for name, value in pairs if name.lower() in names}
