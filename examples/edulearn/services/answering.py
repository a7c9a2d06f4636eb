"""Calls to another service: an answer, or one error that says which service failed and how."""

from collections.abc import Awaitable
from typing import Any

import httpx


class DependencyFailed(Exception):
    """A service this one needs did not answer well. `reason` is one word of a small set."""

    def __init__(self, service: str, reason: str) -> None:
        super().__init__(f"{service} failed: {reason}")
        self.service = service
        self.reason = reason


async def answered(call: Awaitable[httpx.Response], *, service: str) -> Any:
    """The JSON of the answer. Raises DependencyFailed where there is none, or it is not a success."""
    try:
        response = await call
        response.raise_for_status()
        return response.json()
    except httpx.TimeoutException as problem:
        raise DependencyFailed(service, "timeout") from problem
    except httpx.HTTPStatusError as problem:
        raise DependencyFailed(service, f"status_{problem.response.status_code}") from problem
    except httpx.TransportError as problem:
        raise DependencyFailed(service, "unreachable") from problem
