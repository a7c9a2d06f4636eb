"""Requests in and out: middleware for applications, and clients that carry the ids on.

In: `ASGIMiddleware`, `WSGIMiddleware`, and for what they cannot see from outside `django`, `flask`, `fastapi`. Out:
`httpx`, `requests`, `aiohttp`. A library's module is loaded when it is first named.
"""

import importlib
from typing import TYPE_CHECKING, Any

from eduscope.http.asgi import ASGIMiddleware
from eduscope.http.wsgi import WSGIMiddleware

if TYPE_CHECKING:
    from eduscope.http import aiohttp, django, fastapi, flask, httpx, requests

__all__ = [
    "ASGIMiddleware",
    "WSGIMiddleware",
    "aiohttp",
    "django",
    "fastapi",
    "flask",
    "httpx",
    "requests",
]

_LIBRARIES = frozenset({"aiohttp", "django", "fastapi", "flask", "httpx", "requests"})


def __getattr__(name: str) -> Any:
    """Loads the module of a library when it is first named: a service has few of them."""
    if name in _LIBRARIES:
        return importlib.import_module(f"eduscope.http.{name}")
    raise AttributeError(f"module 'eduscope.http' has no attribute {name!r}")
