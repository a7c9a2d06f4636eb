"""Reads logs: pages of the newest, exact counts, and how many there were over time."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from eduscope_server.query.backward import sections
from eduscope_server.query.cursor import MAX_GIVEN, LogPlace
from eduscope_server.query.errors import ParameterError
from eduscope_server.query.question import Question
from eduscope_server.query.records import LOG_COLUMNS, Log, read_log
from eduscope_server.query.sql import Condition
from eduscope_server.query.statement import statement
from eduscope_server.query.times import Window
from eduscope_server.store import Store

MAX_PAGE = 1_000
"""A page a person can use; a program pages on."""

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class LogPage:
    """One page, newest first, and the place it ended; None where nothing is left."""

    logs: list[Log]
    end: LogPlace | None


class LogReader:
    """Answers questions about logs. What a scope may not see is left out by the statement itself."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def search(self, question: Question, *, limit: int, after: LogPlace | None = None) -> LogPage:
        """A page of the newest records that match, after a place.

        1. The rest of the microsecond the last page ended in, if it ended inside one.
        2. Sections of the window, newest first, until the page is full.
        3. If the page ends inside a microsecond, that microsecond again in its fixed order, so that the next
           page can go on there.
        """
        rows: list[Row] = []
        window = question.window
        if after:
            if after.is_inside_tie:
                rows = await self._tied(question, after, limit=limit + 1)
            window = Window(window.start, max(min(window.end, after.timestamp), window.start))
        for section in sections(window, whole=question.is_for_one_id()):
            if len(rows) > limit:
                break
            rows += await self._newest(question.of(section), limit=limit + 1 - len(rows))
        if _is_cut_inside_tie(rows, limit, after):
            instant = rows[limit]["timestamp"]
            whole = [row for row in rows if row["timestamp"] != instant]
            rest = await self._tied(question, LogPlace(instant), limit=limit + 1 - len(whole))
            rows = whole + rest
        return LogPage([read_log(row, Log) for row in rows[:limit]], _place(rows, limit, after))

    async def count(self, question: Question) -> int:
        """Exactly how many records match."""
        condition = question.condition()
        sql = statement("logs.sql", "count", condition=condition)
        rows = await self._store.fetch(sql, condition.parameters)
        return int(rows[0]["records"])

    async def _newest(self, question: Question, *, limit: int) -> list[Row]:
        condition = question.condition()
        sql = statement("logs.sql", "newest", condition=condition, columns=LOG_COLUMNS)
        rows = await self._store.fetch(sql, condition.parameters | {"limit": limit})
        rows.sort(key=lambda row: row["tie"])
        rows.sort(key=lambda row: row["timestamp"], reverse=True)
        return rows

    async def _tied(self, question: Question, place: LogPlace, *, limit: int) -> list[Row]:
        """The records of the place's microsecond that come after it, in the order of their tie."""
        condition = Condition(question.schema).at(place.timestamp)
        condition.seen_by(question.scope).matching(question.expression)
        sql = statement("logs.sql", "tied", condition=condition, columns=LOG_COLUMNS)
        bounds = {"tie": place.tie, "limit": limit + place.given}
        rows = await self._store.fetch(sql, condition.parameters | bounds)
        return rows[min(place.given, sum(row["tie"] == place.tie for row in rows)) :]


def _is_cut_inside_tie(rows: Sequence[Row], limit: int, after: LogPlace | None) -> bool:
    """Whether the page ends between records of one microsecond that the engine chose in no fixed order."""
    if len(rows) <= limit or rows[limit]["timestamp"] != rows[limit - 1]["timestamp"]:
        return False
    return not (after and after.is_inside_tie and rows[limit]["timestamp"] == after.timestamp)


def _place(rows: Sequence[Row], limit: int, after: LogPlace | None) -> LogPlace | None:
    """Where the page ends; None where it is the last."""
    if len(rows) <= limit:
        return None
    last: datetime = rows[limit - 1]["timestamp"]
    if rows[limit]["timestamp"] != last:
        return LogPlace(last)
    tie: int = rows[limit - 1]["tie"]
    given = sum(row["timestamp"] == last and row["tie"] == tie for row in rows[:limit])
    if after and after.is_inside_tie and (after.timestamp, after.tie) == (last, tie):
        given += after.given
    if given > MAX_GIVEN:
        raise ParameterError(
            "cursor",
            f"has passed {MAX_GIVEN} identical records",
            hint="narrow the query, or set to= before them",
        )
    return LogPlace(last, tie, given)
