import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from tests.eduscope_server.conftest import Rows
from tests.eduscope_server.privacy.conftest import RING, log, span

from eduscope_server.privacy.certificate import verify
from eduscope_server.privacy.deletion import Deletion
from eduscope_server.privacy.erasure import Erasures
from eduscope_server.privacy.subjects import subject_of
from eduscope_server.state import State
from eduscope_server.store import Store, StoreUnavailable

ADA = subject_of("ada", RING)
NEW, OLD = RING.tokens("ada")
UNDECLARED = RING.token("ada", "und")
BOB = RING.token("bob")
ASKED: dict[str, Any] = {"reason": "asked for by the guardian", "by": "officer"}


def count(store: Store, table: str) -> int:
    return int(store.select(f"SELECT count() AS n FROM eduscope.{table}")[0]["n"])


def on_disk(store: Store, table: str) -> int:
    return int(
        store.select(f"SELECT count() AS n FROM eduscope.{table}", settings={"apply_deleted_mask": 0})[0]["n"]
    )


async def add_key(state: State, subject: str, tenant_id: str = "school-a") -> None:
    await state.execute(
        "INSERT INTO subject_keys (tenant_id, subject, key_id, wrapped_key) VALUES (%s, %s, 'k1', 'x')",
        (tenant_id, subject),
    )


async def test_a_person_is_gone_from_every_table_and_others_are_not(
    erasures: Erasures, clean_store: Store, state: State, put_logs: Rows, put_spans: Rows
) -> None:
    put_logs(
        log(user_id=NEW),
        log(user_id=OLD, tenant_id="school-b"),
        log(attributes={"shirt": UNDECLARED}),
        log(message=f"grade changed for user {NEW}"),
        log(user_id=BOB),
    )
    event = {"timestamp": "2026-11-23T12:00:00", "name": "exception", "attributes": {"user.id": OLD}}
    put_spans(span(user_id=NEW), span(attributes={"enduser.id": OLD}), span(events=[event]), span())
    await add_key(state, NEW)
    await add_key(state, OLD, "school-b")
    await add_key(state, BOB)
    erasure = await erasures.erase(ADA, **ASKED)
    assert (count(clean_store, "logs"), count(clean_store, "spans")) == (1, 1)
    assert await state.fetch("SELECT subject FROM subject_keys") == [{"subject": BOB}]
    assert erasure.found == {"logs": 4, "spans": 3, "prose": 0}
    assert (erasure.keys_destroyed, erasure.stage) == (2, "hidden")


async def test_a_tenant_of_its_own(erasures: Erasures, clean_store: Store, put_logs: Rows) -> None:
    put_logs(log(user_id=NEW), log(user_id=NEW, tenant_id="school-b"))
    erasure = await erasures.erase(ADA._replace(tenant_id="school-a"), **ASKED)
    assert erasure.found["logs"] == 1
    assert [r["tenant_id"] for r in clean_store.select("SELECT tenant_id FROM eduscope.logs")] == ["school-b"]


async def test_the_certificate_says_what_was_done_and_not_to_whom(erasures: Erasures, put_logs: Rows) -> None:
    subject = subject_of("ada.lovelace", RING)
    put_logs(log(user_id=subject.tokens[0]))
    certificate = (await erasures.erase(subject, **ASKED)).certificate
    assert certificate is not None
    assert verify(certificate).startswith("SHA256:")
    assert certificate["rows_deleted"] == {"logs": 1, "spans": 0, "prose": 0}
    assert certificate["requested_by"] == "officer"
    text = str(certificate)
    assert not any(value in text for value in ("lovelace", *subject.tokens))


async def test_twice_is_safe_and_says_so(erasures: Erasures, put_logs: Rows) -> None:
    put_logs(log(user_id=NEW))
    first = await erasures.erase(ADA, **ASKED)
    second = await erasures.erase(ADA, **ASKED)
    assert (second.repeats, second.found["logs"]) == (first.erasure_id, 0)
    assert (await erasures.erase(subject_of(OLD, RING), **ASKED)).repeats == second.erasure_id


async def test_asked_for_at_the_same_time_it_is_one_job(erasures: Erasures, put_logs: Rows) -> None:
    put_logs(log(user_id=NEW))
    done = await asyncio.gather(*(erasures.erase(ADA, **ASKED) for _ in range(4)))
    assert sorted({erasure.erasure_id for erasure in done}) == [erasure.erasure_id for erasure in done[:1]]
    assert (await erasures.list())[0].found["logs"] == 1


async def test_waiting_takes_the_rows_off_the_disk(
    erasures: Erasures, clean_store: Store, put_logs: Rows
) -> None:
    put_logs(log(user_id=NEW), log(user_id=BOB))
    first = await erasures.erase(ADA, **ASKED)
    assert (on_disk(clean_store, "logs"), first.stage) == (2, "hidden")
    second = await erasures.erase(ADA, **ASKED, wait=True)
    assert (on_disk(clean_store, "logs"), second.stage) == (1, "removed")
    assert second.certificate is not None
    assert second.certificate["rows_removed_at"]
    await erasures.work()
    again = await erasures.read(first.erasure_id)
    assert again is not None
    assert again.stage == "removed"


async def test_a_merge_takes_the_rows_off_the_disk(
    erasures: Erasures, clean_store: Store, put_logs: Rows
) -> None:
    put_logs(log(user_id=NEW))
    put_logs(log(user_id=BOB))
    erasure = await erasures.erase(ADA, **ASKED)
    clean_store.command("OPTIMIZE TABLE eduscope.logs FINAL")
    assert on_disk(clean_store, "logs") == 1
    assert await erasures.work()
    again = await erasures.read(erasure.erasure_id)
    assert again is not None
    assert again.stage == "removed"


async def test_hidden_rows_are_rewritten_when_no_merge_comes(
    erasures: Erasures, clean_store: Store, state: State, put_logs: Rows
) -> None:
    put_logs(log(user_id=NEW), log(user_id=BOB))
    await erasures.erase(ADA, **ASKED)
    await state.execute("UPDATE erasures SET hidden_at = hidden_at - interval '25 hours'")
    await erasures.work()
    assert on_disk(clean_store, "logs") == 1


async def test_what_a_failure_left_open_is_resumed_with_the_right_count(
    erasures: Erasures, clean_store: Store, put_logs: Rows, monkeypatch: pytest.MonkeyPatch
) -> None:
    put_logs(log(user_id=NEW), log(user_id=BOB))
    hide = Deletion.hide

    async def fails_after(self: Deletion, table: str, condition: str) -> None:
        await hide(self, table, condition)
        raise StoreUnavailable("gone")

    monkeypatch.setattr(Deletion, "hide", fails_after)
    open_one = await erasures.erase(ADA, **ASKED)
    assert (open_one.stage, open_one.certificate) == ("hiding", None)
    monkeypatch.undo()
    assert await erasures.work()
    done = await erasures.read(open_one.erasure_id)
    assert done is not None
    assert done.found == {"logs": 1, "spans": 0, "prose": 0}
    assert count(clean_store, "logs") == 1


async def test_records_that_were_under_way_are_deleted_when_they_arrive(
    erasures: Erasures, clean_store: Store, put_logs: Rows
) -> None:
    erasure = await erasures.erase(ADA, **ASKED)
    now = datetime.now(UTC)
    put_logs(
        log(user_id=NEW, timestamp=(now - timedelta(hours=2)).isoformat()),
        log(user_id=NEW, timestamp=(now + timedelta(seconds=5)).isoformat(), marks=["time_missing"]),
        log(user_id=NEW, timestamp=(now + timedelta(minutes=1)).isoformat(), message="back again"),
    )
    await erasures.work()
    assert [row["message"] for row in clean_store.select("SELECT message FROM eduscope.logs")] == [
        "back again"
    ]
    followed = await erasures.read(erasure.erasure_id)
    assert followed is not None
    assert followed.certificate is not None
    assert followed.certificate["rows_deleted"]["logs"] == 2


async def test_tokens_are_forgotten_when_nothing_can_be_under_way(
    erasures: Erasures, state: State, put_logs: Rows
) -> None:
    put_logs(log(user_id=NEW))
    first = await erasures.erase(ADA, **ASKED)
    await state.execute("UPDATE erasures SET follow_until = now() - interval '1 second'")
    await erasures.work()
    assert await state.fetch("SELECT tokens FROM erasures") == [{"tokens": []}]
    assert (await erasures.erase(ADA, **ASKED)).repeats == first.erasure_id


async def test_it_stands_in_the_access_log_which_nobody_changes(erasures: Erasures, state: State) -> None:
    erasure = await erasures.erase(ADA, **ASKED)
    (entry,) = await state.fetch("SELECT who, did, what, purpose FROM access_log")
    assert entry == {
        "who": "officer",
        "did": "erase a person",
        "what": f"erasure {erasure.erasure_id}",
        "purpose": "asked for by the guardian",
    }
    for change in ("DELETE FROM access_log", "UPDATE access_log SET who = ''", "TRUNCATE access_log"):
        with pytest.raises(Exception, match="never changed"):
            await state.execute(change)


async def test_deleted_rows_are_found_by_no_index(
    erasures: Erasures, clean_store: Store, put_logs: Rows
) -> None:
    put_logs(
        *(log(user_id=NEW, correlation_id="c" * 32, trace_id="d" * 32, message="zebra") for _ in range(3)),
        log(user_id=BOB, correlation_id="c" * 32, trace_id="d" * 32, message="zebra"),
    )
    await erasures.erase(ADA, **ASKED)
    for condition in (
        f"correlation_id = '{'c' * 32}'",
        f"trace_id = '{'d' * 32}'",
        "hasToken(lower(message), 'zebra')",
        "1",
    ):
        rows = clean_store.select(f"SELECT count() AS n FROM eduscope.logs WHERE {condition}")
        assert rows == [{"n": 1}], condition
