"""Who gets in, who does not, and what they are told."""

import time
from pathlib import Path

import psutil
import pytest

from eduscope_server.access import Access, AccessDenied, Identity, IngestKey
from eduscope_server.access import key_cache as cache_module
from eduscope_server.access.secrets import Kind
from eduscope_server.config import Settings
from eduscope_server.state import State, StateUnavailable


def key_of(access: Access, kind: Kind) -> str:
    """The header of the first key of that kind."""
    return next(f"Bearer {first.key}" for first in access.first_keys if first.kind == kind)


async def test_the_first_ingest_key_sends_for_every_tenant(access: Access) -> None:
    assert access.ingest_key(key_of(access, "ingest")) == IngestKey("default", None, ())


async def test_the_scheme_is_read_in_any_case_as_http_has_it(access: Access) -> None:
    assert access.ingest_key(key_of(access, "ingest").replace("Bearer", "bearer"))


async def test_a_made_key_works_at_once_and_carries_its_bounds(access: Access) -> None:
    key, record = await access.make_key(
        "ingest", "web", project="shop", tenant_id="north", origins=("https://a.example",)
    )
    assert access.ingest_key(f"Bearer {key}") == IngestKey("shop", "north", ("https://a.example",))
    assert record.source == "made"


@pytest.mark.parametrize(
    ("header", "status", "code"),
    [
        (None, 401, "missing_key"),
        ("", 401, "missing_key"),
        ("Basic abc", 401, "wrong_scheme"),
        ("Bearer wrong", 401, "unknown_key"),
        ("Bearer ", 401, "unknown_key"),
    ],
)
async def test_who_shows_no_good_key_is_told_what_is_wrong(
    access: Access, header: str | None, status: int, code: str
) -> None:
    with pytest.raises(AccessDenied) as refused:
        access.ingest_key(header)
    assert (refused.value.status, refused.value.code) == (status, code)


async def test_a_refusal_never_repeats_the_key(access: Access) -> None:
    with pytest.raises(AccessDenied) as refused:
        access.ingest_key("Bearer my-secret")
    assert "my-secret" not in str(refused.value) + refused.value.hint


async def test_a_reading_key_cannot_send_and_a_sending_key_cannot_read(access: Access) -> None:
    with pytest.raises(AccessDenied) as refused:
        access.ingest_key(key_of(access, "admin"))
    assert refused.value.status == 403
    with pytest.raises(AccessDenied) as refused:
        await access.reader(key_of(access, "ingest"), None)
    assert refused.value.status == 403


async def test_a_reader_key_may_be_bound_to_a_tenant(access: Access) -> None:
    key, _ = await access.make_key("read", "grafana", tenant_id="north")
    identity = await access.reader(f"Bearer {key}", None)
    assert identity == Identity("key grafana", frozenset({"reader"}), frozenset({"north"}))
    with pytest.raises(AccessDenied, match="only an admin"):
        await access.admin(f"Bearer {key}", None)


async def test_a_revoked_key_is_refused_at_once(access: Access) -> None:
    key, record = await access.make_key("ingest", "web")
    assert await access.revoke_key(record.key_id)
    assert not await access.revoke_key(record.key_id)
    with pytest.raises(AccessDenied, match="nobody has this key"):
        access.ingest_key(f"Bearer {key}")


async def test_the_list_says_when_a_key_was_used_last(access: Access, state: State) -> None:
    key, record = await access.make_key("ingest", "web")
    access.ingest_key(f"Bearer {key}")
    await access.revoke_key(record.key_id)  # any change writes down what was used
    listed = {entry.key_id: entry for entry in await access.list_keys()}
    assert listed[record.key_id].last_used_at is not None
    assert listed[record.key_id].revoked_at is not None


async def test_a_link_opens_one_session(access: Access) -> None:
    code = await access.make_login_code()
    token = await access.open_session(code)
    assert await access.reader(None, token) == Identity("admin", frozenset({"admin"}), None)
    with pytest.raises(AccessDenied, match="has been used"):
        await access.open_session(code)


async def test_a_link_ends_after_ten_minutes(access: Access, state: State) -> None:
    code = await access.make_login_code()
    left = await state.fetch_one(
        "SELECT extract(epoch FROM expires_at - now())::int AS seconds FROM login_codes"
    )
    assert left is not None
    assert 590 <= left["seconds"] <= 600
    await state.execute("UPDATE login_codes SET expires_at = now() - interval '1 second'")
    with pytest.raises(AccessDenied, match="older than ten minutes"):
        await access.open_session(code)


async def test_a_session_slides_while_it_is_used_but_not_for_ever(access: Access, state: State) -> None:
    token = await access.open_session(await access.make_login_code())
    await state.execute(
        "UPDATE sessions SET last_used_at = now() - interval '11 hours', expires_at = now() + interval '1 hour'"
    )
    await access.reader(None, token)
    row = await state.fetch_one("SELECT expires_at > now() + interval '11 hours' AS slid FROM sessions")
    assert row == {"slid": True}
    await state.execute(
        "UPDATE sessions SET last_used_at = now() - interval '1 hour', created_at = now() - interval '167 hours'"
    )
    await access.reader(None, token)
    row = await state.fetch_one("SELECT expires_at < now() + interval '61 minutes' AS bound FROM sessions")
    assert row == {"bound": True}


async def test_an_ended_session_is_refused(access: Access, state: State) -> None:
    token = await access.open_session(await access.make_login_code())
    await state.execute("UPDATE sessions SET expires_at = now() - interval '1 second'")
    with pytest.raises(AccessDenied, match="has ended"):
        await access.reader(None, token)


async def test_signing_out_ends_the_session(access: Access) -> None:
    token = await access.open_session(await access.make_login_code())
    await access.end_session(token)
    with pytest.raises(AccessDenied) as refused:
        await access.reader(None, token)
    assert refused.value.hint


async def test_a_person_sees_the_tenants_of_their_roles_until_they_leave(
    access: Access, state: State
) -> None:
    await state.execute("INSERT INTO tenants (tenant_id) VALUES ('north'), ('south')")
    await state.execute("INSERT INTO people (name) VALUES ('teacher')")
    await state.execute(
        "INSERT INTO memberships (person_id, role, tenant_id) "
        "SELECT person_id, 'reader', 'north' FROM people WHERE name = 'teacher'"
    )
    token = await access.open_session(await access.make_login_code("teacher"))
    identity = await access.reader(None, token)
    assert identity == Identity("teacher", frozenset({"reader"}), frozenset({"north"}))
    await state.execute("UPDATE people SET left_at = now() WHERE name = 'teacher'")
    with pytest.raises(AccessDenied):
        await access.reader(None, token)
    with pytest.raises(AccessDenied, match="nobody of that name"):
        await access.make_login_code("teacher")


async def test_an_admin_of_one_tenant_is_none_of_the_platform(access: Access, state: State) -> None:
    """Such a one could make a link for the admin of all tenants."""
    await state.execute("INSERT INTO tenants (tenant_id) VALUES ('north')")
    await state.execute("INSERT INTO people (name) VALUES ('head of north')")
    await state.execute(
        "INSERT INTO memberships (person_id, role, tenant_id) "
        "SELECT person_id, 'admin', 'north' FROM people WHERE name = 'head of north'"
    )
    token = await access.open_session(await access.make_login_code("head of north"))
    with pytest.raises(AccessDenied, match="beyond your tenants") as refused:
        await access.admin(None, token)
    assert refused.value.status == 403


async def test_postgresql_holds_no_code_and_no_session_token(access: Access, state: State) -> None:
    code = await access.make_login_code()
    token = await access.open_session(code)
    stored = str(await state.fetch("SELECT * FROM login_codes")) + str(
        await state.fetch("SELECT * FROM sessions")
    )
    assert code not in stored
    assert token not in stored


async def test_sending_goes_on_while_postgresql_is_away(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    state = await State.open("", tmp_path / "postgres")
    access = await Access.open(state, Settings(data=tmp_path))
    assert state.process_id is not None
    server = psutil.Process(state.process_id)
    server.suspend()
    try:
        monkeypatch.setattr(cache_module, "STALE_SECONDS", 0.0)
        assert access.ingest_key(key_of(access, "ingest"))
        with pytest.raises(StateUnavailable, match="not known here"):
            access.ingest_key("Bearer made-elsewhere-a-moment-ago")
    finally:
        server.resume()
    await access.close()
    await state.close()


async def test_knowing_a_key_costs_microseconds(access: Access) -> None:
    header = key_of(access, "ingest")
    rounds = 20_000
    started = time.perf_counter()
    for _ in range(rounds):
        access.ingest_key(header)
    assert (time.perf_counter() - started) / rounds < 20e-6  # 0.6 µs on a quiet machine
