"""Requests in and out: middleware for ASGI applications, propagation for httpx."""

import importlib
from typing import TYPE_CHECKING, Any

from eduscope.http.asgi import ASGIMiddleware

if TYPE_CHECKING:
    from eduscope.http import httpx

__all__ = ["ASGIMiddleware", "httpx"]


def __getattr__(name: str) -> Any:
    """Loads `eduscope.http.httpx` when it is first named: a service may do without httpx."""
    if name == "httpx":
        return importlib.import_module("eduscope.http.httpx")
    raise AttributeError(f"module 'eduscope.http' has no attribute {name!r}")
