"""The key ring of a running platform: where it comes from, and what happens when it is replaced."""

import asyncio
import contextlib
import logging
import os
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from pathlib import Path

from eduscope.privacy import KeyRing, KeyRingError, use_ring
from eduscope.privacy.key_source import EnvironmentKeys, FileKeys, KeySource
from eduscope.privacy.keyring import VARIABLE
from eduscope_server.privacy.person_links import PersonLinks
from eduscope_server.recurring import Recurring
from eduscope_server.state import State, StateUnavailable
from eduscope_server.store import Store, StoreError, TokenKey

_log = logging.getLogger(__name__)

LOOK_SECONDS = 2.0
"""A look is one `stat`."""

Take = Callable[[KeyRing], Awaitable[object]]
"""Puts a ring to use in one part of the platform; may be done twice. Raises what says that it has to be tried again."""


def key_source(*, token_keys: str, file: Path, may_make: bool) -> KeySource:
    """Where the ring is: the setting, or the file, which the first start may make."""
    if token_keys:
        return EnvironmentKeys({VARIABLE: token_keys})
    if may_make and not file.exists():
        KeyRing([("k1", os.urandom(32))]).write(file)
    return FileKeys(file)


class KeyRotation:
    """Follows the ring's source: another ring is in use within seconds, and one that cannot be used changes nothing.

    The parts take a ring one after another. In between, some make tokens of the old epoch and some of the new one,
    both of which a reader finds.
    """

    def __init__(self, source: KeySource, ring: KeyRing, *parts: Take) -> None:
        """`ring` is what the parts have now."""
        self._source = source
        self._parts = parts
        self.ring = ring
        self._complaint = ""
        self._looking = Recurring(self.look, name="follow the key ring", pause_seconds=LOOK_SECONDS, away=())

    def start(self) -> None:
        """Follows until `stop`."""
        self._looking.start()

    async def stop(self) -> None:
        """Follows no more."""
        await self._looking.stop()

    async def look(self) -> bool:
        """Takes the source's ring where it is another one; whether it did. What failed is tried with the next look."""
        try:
            ring = await asyncio.to_thread(self._source.ring)
            if ring is self.ring:
                self._complaint = ""
                return False
            lost = ring.lost(self.ring)
            for take in self._parts:
                await take(ring)
        except (KeyRingError, StateUnavailable, StoreError) as error:
            if str(error) != self._complaint:
                self._complaint = str(error)
                _log.error("key ring %s stays in use: %s", self.ring.current_id, error)
            return False
        self.ring, self._complaint = ring, ""
        _log.warning(
            "key ring replaced: %s is current, then %s", ring.current_id, ", ".join(ring.ids[1:]) or "none"
        )
        if lost:
            _log.error(
                "key ring has lost %s: what was sealed or made with it cannot be told", ", ".join(lost)
            )
        return True


@contextlib.asynccontextmanager
async def followed(
    source: KeySource, ring: KeyRing, *, state: State, store: Store, parts: Sequence[Take]
) -> AsyncIterator[PersonLinks]:
    """The ring's source, followed: other parts, the engine and then this process take what is put there.

    What makes tokens comes last: who opens, seals and links is ready for them. Gives the links of people over the
    ring's epochs.
    """
    links = PersonLinks(state)
    await links.start(ring)

    async def give_engine(ring: KeyRing) -> None:
        await asyncio.to_thread(store.use_token_key, token_key(ring))

    async def give_process(ring: KeyRing) -> None:
        use_ring(ring)  # who remembers something made under the ring of before sees that it is another

    rotation = KeyRotation(source, ring, links.use_ring, *parts, give_engine, give_process)
    rotation.start()
    try:
        yield links
    finally:
        await rotation.stop()
        await links.stop()


def token_key(ring: KeyRing) -> TokenKey:
    """What the engine makes tokens with."""
    return TokenKey(ring.current_id, ring.key())
