"""What one arriving request says of itself, read in one pass over its headers."""

from collections.abc import Mapping, MutableMapping
from typing import Any
from uuid import UUID

METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "CONNECT", "TRACE"})
OTHER_METHOD = "_OTHER"
"""OpenTelemetry's word for a method that is none: clients may send anything."""

UNMATCHED = "/{unmatched}"
"""The route of a request that no route took. The raw path is never recorded: it may hold ids, names,
anything.
"""

HEADER_MAX_CHARS = 1024
"""Longer header values are cut before they are judged."""

KEPT_HEADERS = frozenset(
    {
        b"x-correlation-id",
        b"baggage",
        b"traceparent",
        b"tracestate",
        b"user-agent",
        b"content-length",
        b"transfer-encoding",
    }
)

OBSERVED = "eduscope.observed"
"""In ASGI's scope or WSGI's environ: a middleware of ours is around this request already. One line is enough."""

NOTED_ROUTE = "eduscope.route"
TOLD_ERROR = "eduscope.error"
"""Where our parts for a framework leave, in ASGI's scope or WSGI's environ, the route and the exception."""

Scope = MutableMapping[str, Any]


def read_headers(scope: Scope, wanted: frozenset[bytes]) -> dict[bytes, bytes]:
    """The wanted headers of a request; of a repeated one the first counts."""
    found: dict[bytes, bytes] = {}
    for name, value in scope["headers"]:
        if name in wanted and name not in found:
            found[name] = value
    return found


def route(scope: Scope) -> str:
    """The template of the route that took the request, its mount's path in front; never the raw path.

    Asked after the application ran: Starlette and FastAPI leave `route` in the scope, Litestar
    `path_template`; for frameworks that leave nothing, a part of ours notes it.
    """
    template = scope.get(NOTED_ROUTE) or scope.get("path_template")
    if template is None:
        effective = scope.get("fastapi", _NONE).get("effective_route_context")
        found = scope.get("route") if effective is None else effective
        template = getattr(found, "path_format", None) or getattr(found, "path", None)
        if isinstance(template, str) and template.endswith(BELOW_MOUNT) and not hasattr(found, "endpoint"):
            template = (
                ""  # a mount, below which no route took the request; its path is in the root path already
            )
    if not isinstance(template, str):
        template = ""
    mounted: str = scope.get("root_path", "")
    outside: str = scope.get("app_root_path", "")
    if mounted and mounted != outside and mounted.startswith(outside):
        template = _mount(mounted[len(outside) :], scope, template) + (template or UNMATCHED)
    return template or UNMATCHED


BELOW_MOUNT = "/{path}"
"""How the templates of Starlette's mounts end."""

_NONE: Mapping[str, Any] = {}


def _mount(path: str, scope: Scope, inside: str) -> str:
    """The path of mounts, the values of their parameters put back to their names, the last one first.

    `inside` is the template below them, whose parameters are not theirs.
    """
    for name, value in reversed(scope.get("path_params", _NONE).items()):
        if f"{{{name}}}" not in inside and f"{{{name}:" not in inside:
            path = _put_back(path, name, value)
    return path


def _put_back(path: str, name: str, value: object) -> str:
    """The path with the name in braces for the last place of the value."""
    if isinstance(value, str):
        at = f"{path}/".rfind(f"/{value}/")
        return path if at < 0 else f"{path[:at]}/{{{name}}}{path[at + 1 + len(value) :]}"
    pieces = path.split("/")
    for n in range(len(pieces) - 1, 0, -1):
        if _is_written(pieces[n], value):
            pieces[n] = f"{{{name}}}"
            return "/".join(pieces)
    # A host's own converter: what it made its value of cannot be told, so all of the path is left out.
    return path if isinstance(value, _CONVERTED) else UNMATCHED


_CONVERTED = (int, float, UUID)


def _is_written(piece: str, value: object) -> bool:
    """Whether a piece of a path is another spelling of a value: `007`, `1.50`, a UUID in capitals."""
    try:
        return type(value)(piece) == value if isinstance(value, _CONVERTED) else str(value) == piece
    except Exception:  # noqa: BLE001 - no such value; or a host's own class, whose `__str__` may raise anything
        return False


def body_size(headers: Mapping[bytes, bytes]) -> int | None:
    """The body's size where its header says it; 0 where there is no body; None where it must be counted."""
    declared = headers.get(b"content-length")
    if declared is not None:
        return int(declared) if declared.isdigit() and len(declared) < 16 else None
    return None if b"transfer-encoding" in headers else 0


def text(value: bytes) -> str:
    """A header's value as text; HTTP leaves its encoding open, and Latin-1 reads every byte."""
    return value[:HEADER_MAX_CHARS].decode("latin-1")
