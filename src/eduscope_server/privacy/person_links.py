"""Joins over a change of keys: which tokens are one person's, kept in PostgreSQL, of whoever is met after it.

The inspection lane meets people with their raw ids (`eduscope.privacy.epochs.meet`); an admin may name others. No value
is kept, only pairs of tokens. A reader and an erasure that name one token get the rows of all.
"""

import asyncio
import logging
from collections.abc import Collection, Iterable, Mapping
from itertools import islice
from typing import Annotated

import msgspec
from psycopg import AsyncConnection
from psycopg.rows import DictRow

from eduscope.privacy import KeyRing, default_ring
from eduscope.privacy.epochs import Epochs, is_proven, use_epochs
from eduscope_server.recurring import Recurring
from eduscope_server.state import State, StateUnavailable, load_queries

_log = logging.getLogger(__name__)
_QUERIES = load_queries("eduscope_server.privacy", "person_links.sql")

WRITE_SECONDS = 2.0
WRITE_LINKS = 5_000
"""In one transaction: some 100 ms."""
WAITING_MAX = 200_000
"""Links that wait for PostgreSQL, some 50 MB; above that people are linked when they are met by the next process."""


_MAX_KEYS = 32
_Token = Annotated[str, msgspec.Meta(pattern=r"^usr_[a-z0-9]{1,8}_[a-z2-7]{26}$")]


class Claim(msgspec.Struct, frozen=True):
    """Somebody says that these tokens are one person's, the current one first."""

    tokens: Annotated[list[_Token], msgspec.Meta(min_length=2, max_length=_MAX_KEYS)]
    proof: Annotated[str, msgspec.Meta(max_length=64)]


class PersonLinks:
    """The links of a platform. Used from the event loop."""

    def __init__(self, state: State) -> None:
        self._state = state
        self._epochs: Epochs | None = None
        self._waiting: dict[str, str] = {}
        self._is_used = True
        self._writing = Recurring(
            self.write,
            name="write the links of people",
            pause_seconds=WRITE_SECONDS,
            away=(StateUnavailable,),
        )

    async def start(self, ring: KeyRing) -> None:
        """Keeps who is met under a ring of several keys, until `stop`. Raises `StateUnavailable`."""
        found = await self._state.fetch_one(_QUERIES["any"])
        self._is_used = bool(found and found["is_any"])
        await self.use_ring(ring)
        self._writing.start()

    async def stop(self) -> None:
        """Writes what waits, and keeps nobody any more."""
        use_epochs(None)
        await self._writing.stop()
        try:
            await self.write()
        except StateUnavailable as error:
            _log.warning("links of people are lost until they are met again: %s", error)

    async def use_ring(self, ring: KeyRing) -> None:
        """Links under another ring from now on; to be called before the process uses it, so that nobody is missed.

        Who was met under the ring of before is written first: newer links lead on from theirs. Raises
        `StateUnavailable`, and nothing has changed then.
        """
        await self.write()
        self._take_met()
        self._epochs = Epochs(ring) if len(ring.ids) > 1 else None
        self._is_used |= self._epochs is not None
        use_epochs(self._epochs)

    async def see(self, values: Iterable[str]) -> int:
        """Links the people of raw ids, which are not kept; gives the number of links. Raises `StateUnavailable`."""
        epochs = Epochs(default_ring())
        for value in values:
            epochs.see(value)
        links = _flat(epochs.drain())
        await self._write(links)
        return len(links)

    async def take(self, claims: Iterable[Claim]) -> None:
        """Links what is proven; the rest is left out, and told in the log as a number.

        Raises `StateUnavailable`, also where a claim is made with a key that has not arrived here yet: try again.
        """
        links, unproven = await asyncio.to_thread(_proven, claims, default_ring())
        if unproven:
            _log.warning("links of people are not proven by the current key: %d", unproven)
        await self._write(links)

    async def of_each(self, tokens: Collection[str]) -> dict[str, tuple[str, ...]]:
        """For each token all of the same person, itself first. Raises `StateUnavailable`."""
        if not self._is_used or not tokens:
            return {token: (token,) for token in tokens}
        rows = await self._state.fetch(_QUERIES["linked"], {"tokens": list(tokens)})
        current = {row["earlier"]: row["current"] for row in rows}
        groups: dict[str, list[str]] = {}
        for row in rows:
            groups.setdefault(row["current"], [row["current"]]).append(row["earlier"])
        return {t: tuple(dict.fromkeys((t, *sorted(groups.get(current.get(t, t), ()))))) for t in tokens}

    async def write(self) -> None:
        """Writes who was met since. Raises `StateUnavailable`, and tries the same again with the next call."""
        self._take_met()
        while batch := dict(islice(self._waiting.items(), WRITE_LINKS)):
            await self._write(batch)
            for earlier in batch:
                del self._waiting[earlier]

    def _take_met(self) -> None:
        if self._epochs is None:
            return
        if met := _flat(self._epochs.drain()):
            self._waiting = {old: met.get(current, current) for old, current in self._waiting.items()} | met
        while len(self._waiting) > WAITING_MAX:
            self._waiting.pop(next(iter(self._waiting)))

    async def _write(self, links: Mapping[str, str]) -> None:
        if not links:
            return
        given = {"earlier": list(links), "current": list(links.values())}
        async with self._state.transaction() as connection:
            for query in ("lock", "leave_circles", "move_links", "add_links"):
                await connection.execute(_QUERIES[query], given)


async def all_linked(connection: AsyncConnection[DictRow], tokens: Iterable[str]) -> tuple[str, ...]:
    """The tokens and all that are linked with them, within a transaction."""
    named = list(tokens)
    rows = await (await connection.execute(_QUERIES["linked"], {"tokens": named})).fetchall()
    more = {token for row in rows for token in (row["earlier"], row["current"])}
    return (*named, *sorted(more.difference(named)))


async def forget(connection: AsyncConnection[DictRow], tokens: Iterable[str]) -> None:
    """Ends the links of an erased person."""
    await connection.execute(_QUERIES["forget"], {"tokens": list(tokens)})


def _proven(claims: Iterable[Claim], ring: KeyRing) -> tuple[dict[str, str], int]:
    """Earlier tokens to their current ones, and how many claims are left out."""
    links: dict[str, str] = {}
    unproven = 0
    for claim in claims:
        current, *earlier = claim.tokens
        if current.split("_")[1] not in ring.ids:
            raise StateUnavailable("the ring here has not yet the key of a token; retry shortly")
        if is_proven(claim.tokens, claim.proof, ring) and current not in earlier:
            links |= dict.fromkeys(earlier, current)
        else:
            unproven += 1
    return links, unproven


def _flat(links: Mapping[str, Iterable[str]]) -> dict[str, str]:
    return {old: current for current, earlier in links.items() for old in earlier}
