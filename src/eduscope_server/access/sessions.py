"""Browsers: a one-time code becomes a session; a session slides on while it is used."""

from eduscope_server.access.errors import AccessDenied
from eduscope_server.access.records import Identity
from eduscope_server.access.secrets import hash_secret, make_token
from eduscope_server.state import State, load_queries

_QUERIES = load_queries("eduscope_server.access", "queries.sql")

CODE_SECONDS = 10 * 60
SESSION_SECONDS = 12 * 3600
# A stolen cookie must not live for ever, however busy it is kept.
LONGEST_SESSION_SECONDS = 7 * 24 * 3600
# Every request would else write a row.
_PROLONG_EVERY_SECONDS = 60


class Sessions:
    """One-time codes and sessions, in PostgreSQL as hashes."""

    def __init__(self, state: State) -> None:
        self._state = state

    async def make_code(self, name: str) -> str:
        """A code that opens one session for that person within ten minutes."""
        code = make_token()
        row = await self._state.fetch_one(
            _QUERIES["add_login_code"],
            {"code_hash": hash_secret(code), "name": name, "seconds": CODE_SECONDS},
        )
        if row is None:
            raise AccessDenied(403, "unknown_person", "there is nobody of that name to make a link for")
        return code

    async def open(self, code: str) -> str:
        """Spend a code and return the new session's token. Raises `AccessDenied`."""
        row = await self._state.fetch_one(_QUERIES["use_login_code"], {"code_hash": hash_secret(code)})
        if row is None:
            raise AccessDenied(
                401,
                "link_spent",
                "this link has been used, or is older than ten minutes",
                hint="make a new one in the terminal: eduscope keys link",
            )
        token = make_token()
        await self._state.execute(
            _QUERIES["add_session"],
            {"token_hash": hash_secret(token), "person_id": row["person_id"], "seconds": SESSION_SECONDS},
        )
        return token

    async def find(self, token: str) -> Identity | None:
        """Who has this session, None if it has ended. Slides its end while it is used."""
        token_hash = hash_secret(token)
        row = await self._state.fetch_one(
            _QUERIES["find_session"], {"token_hash": token_hash, "prolong_every": _PROLONG_EVERY_SECONDS}
        )
        if row is None:
            return None
        if row["is_due"]:
            await self._state.execute(
                _QUERIES["prolong_session"],
                {"token_hash": token_hash, "seconds": SESSION_SECONDS, "longest": LONGEST_SESSION_SECONDS},
            )
        tenants = None if None in row["tenants"] else frozenset(row["tenants"])
        return Identity(name=row["name"], roles=frozenset(row["roles"]), tenants=tenants)

    async def end(self, token: str) -> None:
        """End a session; one that has ended already is no error."""
        await self._state.execute(_QUERIES["end_session"], {"token_hash": hash_secret(token)})

    async def sweep(self) -> None:
        """Forget codes and sessions that have ended."""
        await self._state.execute(_QUERIES["sweep"])
