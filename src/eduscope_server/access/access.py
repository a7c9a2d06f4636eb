"""Who is calling, and may they: keys for machines, sessions for browsers."""

import logging
from pathlib import Path
from typing import Any, Self

from eduscope_server.access.errors import AccessDenied
from eduscope_server.access.first_keys import ADMIN_TOKEN_FILE, INGEST_KEY_FILE, FirstKey, put_first_key
from eduscope_server.access.key_cache import REFRESH_SECONDS, KeyCache, WorkingKey
from eduscope_server.access.records import ApiKey, Identity, IngestKey
from eduscope_server.access.secrets import Kind, hash_secret, key_start, make_key
from eduscope_server.access.sessions import Sessions
from eduscope_server.config import Settings
from eduscope_server.recurring import Recurring
from eduscope_server.state import State, StateUnavailable, load_queries

_log = logging.getLogger(__name__)
_QUERIES = load_queries("eduscope_server.access", "queries.sql")
_SWEEP_SECONDS = 3600.0
_SCHEME = "bearer "


class Access:
    """The platform's gate. Every refusal is an `AccessDenied`; `StateUnavailable` means "cannot know now"."""

    def __init__(self, state: State) -> None:
        self._state = state
        self._cache = KeyCache(state)
        self._sessions = Sessions(state)
        away = (StateUnavailable,)
        self._refreshing = Recurring(
            self._cache.refresh, name="refresh keys", pause_seconds=REFRESH_SECONDS, away=away
        )
        self._sweeping = Recurring(
            self._sessions.sweep, name="sweep ended sessions", pause_seconds=_SWEEP_SECONDS, away=away
        )
        self.first_keys: tuple[FirstKey, ...] = ()

    @classmethod
    async def open(cls, state: State, settings: Settings) -> Self:
        """Put the first keys in place, read all keys, and keep them fresh until `close`."""
        access = cls(state)
        access.first_keys = (
            await put_first_key(
                state, kind="admin", setting=settings.admin_token, file=settings.data / ADMIN_TOKEN_FILE
            ),
            await put_first_key(
                state, kind="ingest", setting=settings.ingest_key, file=settings.data / INGEST_KEY_FILE
            ),
        )
        await access._cache.refresh()
        access._refreshing.start()
        access._sweeping.start(at_once=True)
        return access

    async def close(self) -> None:
        """Stop refreshing; what was used last is written down if PostgreSQL is there."""
        await self._refreshing.stop()
        await self._sweeping.stop()
        try:
            await self._cache.refresh()
        except StateUnavailable:
            _log.info("the last use of some keys was not written down: PostgreSQL is away")

    def ingest_key(self, authorization: str | None) -> IngestKey:
        """Who sends, by an `Authorization: Bearer <ingest key>` header. In memory, a few microseconds.

        Raises `AccessDenied` (401 unknown or missing, 403 a key of another kind) and, only for keys that were
        never seen here, `StateUnavailable`.
        """
        key = self._bearer(authorization)
        if key is None:
            raise AccessDenied(
                401,
                "missing_key",
                "there is no ingest key with this request",
                hint='send the header "Authorization: Bearer <ingest key>"',
            )
        if key.kind != "ingest":
            raise AccessDenied(
                403, "wrong_kind_of_key", f"this is a key of kind {key.kind}; a door wants an ingest key"
            )
        return key.ingest

    async def reader(self, authorization: str | None, cookie: str | None) -> Identity:
        """Who reads, by a bearer key (admin token or reader key) or by the value of the session cookie.

        A header wins over a cookie. Raises `AccessDenied` and `StateUnavailable`.
        """
        key = self._bearer(authorization)
        if key is not None:
            return _identity_of(key)
        identity = await self._sessions.find(cookie) if cookie else None
        if identity is None:
            raise AccessDenied(
                401,
                "not_signed_in",
                "this session has ended" if cookie else "nobody is signed in",
                hint='open a fresh link (eduscope keys link), or send "Authorization: Bearer <reader key>"',
            )
        return identity

    async def admin(self, authorization: str | None, cookie: str | None) -> Identity:
        """As `reader`, for what concerns the whole platform: only an admin of all tenants may do it."""
        identity = await self.reader(authorization, cookie)
        if not identity.is_admin:
            raise AccessDenied(403, "not_an_admin", "only an admin may do this")
        if identity.tenants is not None:
            raise AccessDenied(
                403, "not_an_admin", "this reaches beyond your tenants: only an admin of all may do it"
            )
        return identity

    async def make_login_code(self, name: str = "admin") -> str:
        """A one-time code for `/login?code=…`, good for ten minutes."""
        return await self._sessions.make_code(name)

    async def open_session(self, code: str) -> str:
        """Spend a one-time code; the session's token, for the cookie. Raises `AccessDenied`."""
        return await self._sessions.open(code)

    async def end_session(self, cookie: str) -> None:
        """Sign out."""
        await self._sessions.end(cookie)

    async def make_key(
        self,
        kind: Kind,
        name: str,
        *,
        project: str = "default",
        tenant_id: str | None = None,
        origins: tuple[str, ...] = (),
    ) -> tuple[str, ApiKey]:
        """A new key, which works at once, and its record. The key itself cannot be had a second time."""
        key = make_key(kind)
        rows = await self._state.fetch(
            _QUERIES["add_key"],
            {
                "key_hash": hash_secret(key),
                "key_start": key_start(key),
                "kind": kind,
                "name": name,
                "project": project,
                "tenant_id": tenant_id,
                "origins": list(origins),
            },
        )
        await self._cache.refresh()
        return key, _api_key(rows[0])

    async def list_keys(self) -> list[ApiKey]:
        """Every key, without the keys."""
        return [_api_key(row) for row in await self._state.fetch(_QUERIES["list_keys"])]

    async def revoke_key(self, key_id: int) -> bool:
        """End a key now; False if there is no such working key."""
        row = await self._state.fetch_one(_QUERIES["revoke_key"], {"key_id": key_id})
        await self._cache.refresh()
        return row is not None

    def _bearer(self, authorization: str | None) -> WorkingKey | None:
        """The key in the header, None without a header."""
        if not authorization:
            return None
        if authorization[: len(_SCHEME)].lower() != _SCHEME:
            raise AccessDenied(
                401, "wrong_scheme", "the Authorization header has another scheme; expected Bearer"
            )
        key = self._cache.find(authorization[len(_SCHEME) :].strip())
        if key is None:
            raise AccessDenied(
                401, "unknown_key", "nobody has this key; it may have been revoked", hint="eduscope keys list"
            )
        return key


def first_key_file(data: Path, kind: Kind) -> Path:
    """Where a generated first key is kept."""
    return data / (ADMIN_TOKEN_FILE if kind == "admin" else INGEST_KEY_FILE)


def _identity_of(key: WorkingKey) -> Identity:
    if key.kind == "admin":
        return Identity(name="admin token", roles=frozenset({"admin"}))
    if key.kind == "read":
        tenants = frozenset({key.ingest.tenant_id}) if key.ingest.tenant_id else None
        return Identity(name=f"key {key.name}", roles=frozenset({"reader"}), tenants=tenants)
    raise AccessDenied(403, "wrong_kind_of_key", "this is an ingest key; it can send, not read")


def _api_key(row: dict[str, Any]) -> ApiKey:
    return ApiKey(**{**row, "origins": tuple(row["origins"])})
