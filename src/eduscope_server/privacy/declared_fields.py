"""Fields that people declare on the platform.

A declaration holds at once for everything that comes in: for the records that Python inspects, and for the engine's
views. What was stored before stays as it was. PostgreSQL keeps the declarations; one made at another platform on the
same PostgreSQL is followed after `REFRESH_SECONDS`.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime

from eduscope import contract
from eduscope_server.recurring import Recurring
from eduscope_server.state import State, StateUnavailable, load_queries
from eduscope_server.store import StoreError

_log = logging.getLogger(__name__)
_QUERIES = load_queries("eduscope_server.privacy", "declared_fields.sql")

REFRESH_SECONDS = 10.0

Follow = Callable[[], Awaitable[None]]
"""Has the engine's views follow the contract. Raises `StoreError`."""


async def _no_views() -> None:
    """Where there is no engine."""


@dataclass(frozen=True)
class DeclaredField:
    """A declaration: what the field is, and who said so."""

    name: str
    field_class: str
    description: str
    declared_by: str
    declared_at: datetime


class DeclaredFields:
    """The declarations of a platform."""

    def __init__(self, state: State, *, follow: Follow = _no_views) -> None:
        self._state = state
        self._follow = follow
        self._following = asyncio.Lock()
        self._refreshing = Recurring(
            self.refresh,
            name="refresh declared fields",
            pause_seconds=REFRESH_SECONDS,
            away=(StateUnavailable, StoreError),
        )

    async def start(self) -> None:
        """Follows what is declared, and goes on doing so until `stop`. Raises `StateUnavailable` or `StoreError`."""
        await self.refresh()
        self._refreshing.start()

    async def stop(self) -> None:
        """Follows no more."""
        await self._refreshing.stop()

    async def list(self) -> list[DeclaredField]:
        """Every declaration, by name."""
        return [DeclaredField(**row) for row in await self._state.fetch(_QUERIES["list_fields"])]

    async def declare(self, name: str, field_class: str, description: str, *, by: str) -> DeclaredField:
        """Declares a field; when this returns, what comes in is kept so. Raises `DeclarationError`."""
        wanted = contract.checked(name, field_class, description)
        rows = await self._state.fetch(
            _QUERIES["declare_field"],
            {
                "name": wanted.name,
                "field_class": wanted.field_class.value,
                "description": wanted.description,
                "declared_by": by,
            },
        )
        await self.refresh()
        return DeclaredField(**rows[0])

    async def withdraw(self, name: str) -> bool:
        """Undoes a declaration; False where there is none."""
        gone = await self._state.fetch_one(_QUERIES["withdraw_field"], {"name": name})
        await self.refresh()
        return gone is not None

    async def refresh(self) -> None:
        """Makes this process follow what PostgreSQL says, and the engine's views follow this process."""
        async with self._following:
            if _apply(await self.list()):
                await self._follow()


def _apply(declared: list[DeclaredField]) -> bool:
    """Brings this process's declarations in line; says whether any changed."""
    before = contract.declared_here()
    wanted = {field.name for field in declared}
    for field in before:
        if field.name not in wanted:
            contract.withdraw(field.name)
    for row in declared:
        try:
            contract.declare(row.name, row.field_class, row.description)
        except contract.DeclarationError as error:  # a newer contract declares the name itself
            _log.warning("a declared field is left out: %s", error)
    return contract.declared_here() != before
