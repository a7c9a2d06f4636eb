"""What the framework does not know of our routes and the OpenAPI document has to say: failures, raw bodies, who may."""

from http import HTTPStatus
from typing import Any

import msgspec

from eduscope_server.api.problems import Problem
from eduscope_server.ingest import ndjson, otlp

DOORS = {
    "/v1/logs": tuple(otlp.LOG_FORMATS),
    "/v1/traces": tuple(otlp.TRACE_FORMATS),
    "/v1/ndjson": tuple(ndjson.FORMATS),
}
"""The content types that each door takes."""

FILES = {"/api/privacy/rosters/{tenant_id}": ("text/csv",)}
"""Bodies that are read as they come, and so are no parameter of a function."""

OPEN = frozenset({"/login", "/api/session/end", "/contract/v1.json", "/healthz", "/readyz", "/metrics"})
"""What anybody may ask."""

STORED = frozenset({"logs", "traces", "correlations", "services", "errors"})
"""The tags of routes that search the store, which may take too long; so do those with a time to look at."""

_REF = "#/components/schemas/{name}"
_WORDS = {
    400: "The request cannot be understood; the message says where.",
    401: "Nobody is known by this key or cookie.",
    403: "This key or person may not.",
    404: "There is no such thing, or you may not see it.",
    408: "The body did not arrive in time.",
    413: "The body is too large.",
    415: "A content type or encoding that is not read here.",
    503: "A database is away, or too much waits: try again after `Retry-After` seconds.",
    504: "It took too long: ask for a shorter time.",
}


def completed(document: dict[str, Any]) -> dict[str, Any]:
    """The document with every failure in our one shape, the bodies that are read raw, and what is open to anybody."""
    whole: dict[str, Any] = _with_unions(document)
    shapes = whole["components"]["schemas"]
    shapes |= msgspec.json.schema_components([Problem], ref_template=_REF)[1]
    for path, methods in whole["paths"].items():
        for method, operation in methods.items():
            _complete(path, method, operation)
            for name in _asked_for(operation):
                shapes[name]["additionalProperties"] = (
                    False  # a field with a slip is not taken for one left out
                )
    return whole


def _asked_for(operation: dict[str, Any]) -> list[str]:
    """The names of the shapes that a body may have."""
    kinds = operation.get("requestBody", {}).get("content", {}).values()
    return [kind["schema"]["$ref"].rpartition("/")[2] for kind in kinds if "$ref" in kind["schema"]]


def _with_unions(part: Any) -> Any:
    """A copy in which a value may be of any of its types. `oneOf` wants just one: 12 is an integer and a number."""
    if isinstance(part, dict):
        return {"anyOf" if key == "oneOf" else key: _with_unions(value) for key, value in part.items()}
    return [_with_unions(value) for value in part] if isinstance(part, list) else part


def _complete(path: str, method: str, operation: dict[str, Any]) -> None:
    taken = DOORS.get(path) or (FILES.get(path) if method == "put" else None)
    if taken:
        content = {kind: {"schema": {"type": "string", "format": "binary"}} for kind in taken}
        operation["requestBody"] = {"content": content, "required": True}
    if path in OPEN:
        operation["security"] = []
    responses = operation["responses"]
    for status in _failures(path, operation):
        responses[str(status)] = _failure(_WORDS[status])
    for status, answer in responses.items():
        if status.isdecimal() and answer.get("description") in _PHRASES:
            answer["description"] = HTTPStatus(int(status)).phrase
    responses["default"] = _failure("Any other failure.")


_PHRASES = frozenset(status.description for status in HTTPStatus)


def _failures(path: str, operation: dict[str, Any]) -> list[int]:
    """The statuses of a route beside its success."""
    has_body = "requestBody" in operation
    tags = set(operation.get("tags", ()))
    found = {
        400: "400" in operation["responses"] or has_body,
        401: path not in OPEN,
        403: path not in OPEN,
        404: "{" in path,
        408: path in DOORS,
        413: has_body,
        415: path in DOORS,
        503: path not in OPEN or "session" in tags,
        504: bool(tags & STORED) or any(given["name"] == "from" for given in operation.get("parameters", ())),
    }
    return [status for status, may in found.items() if may]


def _failure(words: str) -> dict[str, Any]:
    return {
        "description": words,
        "content": {"application/json": {"schema": {"$ref": _REF.format(name=Problem.__name__)}}},
    }
