"""Erasing a person: their keys, then their rows, then a certificate.

An erasure is a job in PostgreSQL. Each step may be done twice, and the order is such that a crash anywhere leaves less
readable, never more:

1. One transaction destroys the subject's keys and writes the job: from here on their prose is noise to everybody.
2. The rows of every table are hidden. What is open at start is resumed.
3. The certificate is signed.
4. The rows leave the disk, by merges or, at the latest after `REMOVE_SECONDS`, by being rewritten.
5. For `FOLLOW_SECONDS` records that were under way when the person was erased are deleted as they arrive.
"""

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, fields
from datetime import UTC, datetime, timedelta
from typing import Any

from psycopg.types.json import Jsonb

from eduscope_server.privacy.certificate import Signer
from eduscope_server.privacy.deletion import Deletion
from eduscope_server.privacy.person_links import all_linked, forget
from eduscope_server.privacy.subjects import PERSON_TABLES, PersonTable, Subject, rows_about, rows_of
from eduscope_server.state import State, StateUnavailable, load_queries
from eduscope_server.store import Store, StoreError

_log = logging.getLogger(__name__)
_QUERIES = load_queries("eduscope_server.privacy", "erasure.sql")

FOLLOW_SECONDS = 7 * 24 * 3600
"""How long a record may be under way: in a collector's queue, a phone without a network."""

REMOVE_SECONDS = 24 * 3600
"""Hidden rows are on the disk no longer than this, and the time one rewriting takes. Merges are mostly sooner."""

ROUND_SECONDS = 600.0
RETRY_SECONDS = 5.0
ANSWER_SECONDS = 25.0
"""A request for an erasure is answered by then; what is left to do goes on."""

_BUNDLE = 16
"""Erasures whose late records are looked for at once: the engine finds at most 255 words in one pass, and a person has
two for each key of the ring."""

_UNDER_WAY = timedelta(minutes=10)
"""A record may have been received this long before it is stored, and stored after its person was erased."""

Tell = Callable[["Erasure"], Awaitable[None]]
"""Keeps on record that a person was erased. Raises where it can't."""


async def _tell_nobody(_erasure: "Erasure") -> None:
    """Where there is no store to tell."""


@dataclass(frozen=True)
class Erasure:
    """What is known of an erasure. Nothing in it says who was erased."""

    erasure_id: int
    tenant_id: str | None
    reason: str
    requested_by: str
    requested_at: datetime
    repeats: int | None
    """An earlier erasure of the same person."""
    keys_destroyed: int
    keys_destroyed_at: datetime | None
    found: dict[str, int]
    """Rows deleted, by table."""
    hidden_at: datetime | None
    removed_at: datetime | None
    follow_until: datetime
    certificate: dict[str, Any] | None

    @property
    def stage(self) -> str:
        """`hiding`, `hidden` (no query finds anything) or `removed` (the disk has nothing)."""
        return "removed" if self.removed_at else "hidden" if self.hidden_at else "hiding"


class Erasures:
    """The erasures of a platform."""

    def __init__(  # noqa: PLR0913 - built in one place, by keyword
        self,
        state: State,
        store: Store,
        signer: Signer,
        *,
        release: str,
        forget: Callable[[Subject], None] = lambda _subject: None,
        tell: Tell = _tell_nobody,
    ) -> None:
        """`forget` drops what is in memory of a subject's keys."""
        self._state = state
        self._signer = signer
        self._release = release
        self._forget = forget
        self._tell = tell
        self._deletion = Deletion(store)
        self._lock = asyncio.Lock()
        self._task: asyncio.Task[None] | None = None
        self._running: set[asyncio.Task[Erasure]] = set()
        self._followed: dict[int, datetime] = {}

    @property
    def public_key(self) -> str:
        """What certificates are checked with, in base64."""
        return self._signer.public_key

    async def start(self) -> None:
        """Resumes what a crash left open, in the background, and goes on working until `stop`."""
        self._task = asyncio.create_task(self._keep_working(), name="erasures")

    async def stop(self) -> None:
        """Begins nothing more; what is open is resumed at the next start."""
        tasks = [*self._running, *([self._task] if self._task else [])]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await asyncio.to_thread(self._deletion.close)

    async def erase(self, subject: Subject, *, reason: str, by: str, wait: bool = False) -> Erasure:
        """Erases a person; unreadable when this returns, and hidden unless it took longer than `ANSWER_SECONDS`.

        `wait` removes the rows from the disk, too. Raises `StateUnavailable`: nothing has happened then.
        """
        row = await self._open(subject, reason=reason, by=by)
        work = asyncio.create_task(self._carry_out(row, remove=wait))
        self._running.add(work)
        work.add_done_callback(self._running.discard)
        work.add_done_callback(_note_failure)
        await asyncio.wait({work}, timeout=ANSWER_SECONDS)
        if work.done() and not work.cancelled() and work.exception() is None:
            return work.result()
        return await self.read(row["erasure_id"]) or _erasure(row)

    async def read(self, erasure_id: int) -> Erasure | None:
        """One erasure."""
        row = await self._state.fetch_one(_QUERIES["read_erasure"], {"erasure_id": erasure_id})
        return None if row is None else _erasure(row)

    async def list(self) -> list[Erasure]:
        """The latest erasures, newest first."""
        return [_erasure(row) for row in await self._state.fetch(_QUERIES["list_erasures"])]

    async def work(self) -> bool:
        """One round over what is unfinished; False where some of it has to be tried again soon."""
        went_well = True
        rows = await self._state.fetch(_QUERIES["unfinished"], {"remove_seconds": REMOVE_SECONDS})
        try:
            followed = await self._with_late_records(
                [row for row in rows if row["hidden_at"] and row["tokens"]]
            )
        except StoreError as error:
            _log.warning("late records of erased people are looked for later: %s", error)
            return False
        for row in rows:
            try:
                if row["hidden_at"] is None:
                    await self._carry_out(row, remove=False)
                    continue
                if row["erasure_id"] in followed:
                    await self._follow_up(row)
                await self._look_for_removal(row, rewrite=bool(row["is_removal_due"]))
            except StoreError as error:
                went_well = False
                _log.warning("erasure %d goes on later: %s", row["erasure_id"], error)
        await self._state.execute(_QUERIES["forget_tokens"])
        return went_well

    async def _open(self, subject: Subject, *, reason: str, by: str) -> dict[str, Any]:
        """Destroys the keys and writes the job, in one transaction; the same job, where it is open already.

        The subject's tokens of other epochs, where they are linked, are the subject's as well.
        """
        async with self._state.transaction() as connection:
            await connection.execute(_QUERIES["lock"])
            subject = subject._replace(tokens=await all_linked(connection, subject.tokens))
            asked = {
                "tenant_id": subject.tenant_id,
                "tokens": list(subject.tokens),
                "digests": subject.digests,
            }
            row = await (await connection.execute(_QUERIES["open_erasure"], asked)).fetchone()
            if row is None:
                added = asked | {"reason": reason, "by": by, "follow_seconds": FOLLOW_SECONDS}
                row = await (await connection.execute(_QUERIES["add_erasure"], added)).fetchone()
                assert row is not None  # noqa: S101 - INSERT … RETURNING
                keys = (await connection.execute(_QUERIES["destroy_keys"], asked)).rowcount
                done = {"keys": keys, "erasure_id": row["erasure_id"]}
                if subject.tenant_id is None:  # elsewhere they are still the same person
                    await forget(connection, subject.tokens)
                row = await (await connection.execute(_QUERIES["keys_destroyed"], done)).fetchone()
                assert row is not None  # noqa: S101 - as above
                await connection.execute(
                    _QUERIES["note_audit"],
                    {
                        "who": by,
                        "did": "erase a person",
                        "what": f"erasure {row['erasure_id']}",
                        "tenant_id": subject.tenant_id,
                        "purpose": reason,
                    },
                )
        self._forget(subject)
        return row

    async def _carry_out(self, row: dict[str, Any], *, remove: bool) -> Erasure:
        """Hides the rows of every table, certifies, and tells; once, whoever else carries it out at the same time."""
        async with self._lock:
            erasure = await self.read(row["erasure_id"]) or _erasure(row)
            if erasure.hidden_at is None:
                hidden = [self._hide(row, table) for table in PERSON_TABLES]
                for failed in await asyncio.gather(*hidden, return_exceptions=True):
                    if failed is not None:
                        raise failed
                row = await self._changed("hidden", row)
                erasure = await self._certify(row)
                with contextlib.suppress(StoreError):  # the certificate and the access log have it already
                    await self._tell(erasure)
        return await self._look_for_removal(row, rewrite=remove) or erasure

    async def _hide(self, row: dict[str, Any], table: PersonTable) -> None:
        subject = _subject(row)
        rows, condition = await self._deletion.narrowest(
            table.name, rows_of(table, subject), rows_about(table, subject)
        )
        await self._changed("rows_found", row, table=table.name, rows=rows)
        if rows:
            await self._deletion.hide(table.name, condition)

    async def _with_late_records(self, rows: Sequence[dict[str, Any]]) -> set[int]:
        """The erasures that may have late records: none, or those of a bundle that has some.

        Hundreds may be followed at a time, and a look at one costs as much as a look at all.
        """
        found: set[int] = set()
        for first in range(0, len(rows), _BUNDLE):
            bundle = rows[first : first + _BUNDLE]
            everyone = Subject(tuple(token for row in bundle for token in row["tokens"]))
            since = min(self._since(row) for row in bundle)
            until = max(row["requested_at"] for row in bundle)
            began = datetime.now(UTC)
            counts = [
                await self._deletion.count(table.name, _late(table, everyone, since=since, until=until))
                for table in PERSON_TABLES
            ]
            if any(counts):
                found |= {row["erasure_id"] for row in bundle}
            else:
                self._followed |= {row["erasure_id"]: began for row in bundle}
        return found

    def _since(self, row: dict[str, Any]) -> datetime:
        """From when on records have not been looked at."""
        looked_at: datetime = self._followed.get(row["erasure_id"], row["requested_at"])
        return looked_at - _UNDER_WAY

    async def _follow_up(self, row: dict[str, Any]) -> None:
        """Deletes what arrived since the last look and happened before the person was erased."""
        since, until = self._since(row), row["requested_at"]
        began = datetime.now(UTC)
        more = 0
        for table in PERSON_TABLES:
            condition = _late(table, _subject(row), since=since, until=until)
            rows = await self._deletion.count(table.name, condition)
            if rows:
                await self._changed("more_found", row, table=table.name, rows=rows)
                await self._deletion.hide(table.name, condition)
                more += rows
        if more:
            await self._certify(await self._changed("hidden", row))
        self._followed[row["erasure_id"]] = began

    async def _look_for_removal(self, row: dict[str, Any], *, rewrite: bool) -> Erasure | None:
        """Notes that the rows have left the disk, if they have; `rewrite` makes sure of it."""
        for table in PERSON_TABLES:
            if rewrite:
                await self._deletion.remove(table.name)
            if await self._deletion.masked(table.name):
                return None
        removed = await self._state.fetch_one(_QUERIES["removed"], {"erasure_id": row["erasure_id"]})
        return None if removed is None else await self._certify(removed)

    async def _certify(self, row: dict[str, Any]) -> Erasure:
        certificate = self._signer.sign(_said(row, self._release))
        return _erasure(await self._changed("certify", row, certificate=Jsonb(certificate)))

    async def _changed(self, query: str, row: dict[str, Any], **parameters: Any) -> dict[str, Any]:
        """The job after a change to it."""
        given = {"erasure_id": row["erasure_id"], **parameters}
        rows = await self._state.fetch(_QUERIES[query], given)
        return rows[0]

    async def _keep_working(self) -> None:
        while True:
            try:
                went_well = await self.work()
            except StateUnavailable as error:
                went_well = False
                _log.warning("erasures wait: %s", error)
            except Exception as error:  # noqa: BLE001 - an erasure must not be given up for any bug
                went_well = False
                _log.error("erasures failed with %s; they are tried again", type(error).__name__)
            await asyncio.sleep(ROUND_SECONDS if went_well else RETRY_SECONDS)


def _said(row: dict[str, Any], release: str) -> dict[str, Any]:
    """What a certificate says. No token, no id, no value of a person."""
    return {
        "what": "EduScope certificate of erasure",
        "version": 1,
        "erasure_id": row["erasure_id"],
        "repeats_erasure": row["repeats"],
        "tenant_id": row["tenant_id"],
        "reason": row["reason"],
        "requested_by": row["requested_by"],
        "requested_at": _text(row["requested_at"]),
        "tokens_searched": len(row["digests"]),
        "keys_destroyed": row["keys_destroyed"],
        "keys_destroyed_at": _text(row["keys_destroyed_at"]),
        "rows_deleted": row["found"],
        "rows_hidden_at": _text(row["hidden_at"]),
        "rows_removed_at": _text(row["removed_at"]),
        "late_records_deleted_until": _text(row["follow_until"]),
        "issued_at": _text(datetime.now(UTC)),
        "release": release,
    }


def _late(table: PersonTable, subject: Subject, *, since: datetime, until: datetime) -> str:
    """The condition for rows that were received since a time, and happened before another."""
    condition = f"{rows_about(table, subject)} AND received_at >= {_time(since)}"
    if table.has_own_time:
        condition += f" AND (timestamp <= {_time(until)} OR has(marks, 'time_missing'))"
    return condition


def _erasure(row: dict[str, Any]) -> Erasure:
    return Erasure(**{field.name: row[field.name] for field in fields(Erasure)})


def _subject(row: dict[str, Any]) -> Subject:
    return Subject(tuple(row["tokens"]), row["tenant_id"])


def _text(time: datetime | None) -> str | None:
    return None if time is None else time.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def _time(time: datetime) -> str:
    """A time as SQL."""
    return f"fromUnixTimestamp64Micro({int(time.timestamp() * 1_000_000)}, 'UTC')"


def _note_failure(work: "asyncio.Task[Erasure]") -> None:
    """What failed goes on in the next round; an exception nobody looked at would be said to be lost."""
    if not work.cancelled() and (error := work.exception()) is not None:
        _log.warning("an erasure goes on later (%s)", type(error).__name__)
