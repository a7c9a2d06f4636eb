"""Requests in and out: middleware for ASGI applications, propagation for httpx."""

from eduscope.http.asgi import ASGIMiddleware

__all__ = ["ASGIMiddleware"]
