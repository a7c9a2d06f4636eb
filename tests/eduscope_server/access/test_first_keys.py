"""The keys that are there before anybody made one."""

import dataclasses
import stat

import pytest

from eduscope_server.access import ADMIN_TOKEN_FILE, INGEST_KEY_FILE, Access, AccessDenied, is_key
from eduscope_server.config import Settings
from eduscope_server.state import State


async def test_they_are_made_once_and_announced_once(state: State, settings: Settings) -> None:
    first = await Access.open(state, settings)
    await first.close()
    second = await Access.open(state, settings)
    await second.close()
    assert [key.is_new for key in first.first_keys] == [True, True]
    assert [key.is_new for key in second.first_keys] == [False, False]
    assert [key.key for key in first.first_keys] == [key.key for key in second.first_keys]
    assert all(is_key(key.key) for key in first.first_keys)


async def test_their_files_are_for_the_owner_alone(access: Access, settings: Settings) -> None:
    for name in (ADMIN_TOKEN_FILE, INGEST_KEY_FILE):
        assert stat.S_IMODE((settings.data / name).stat().st_mode) == 0o600


async def test_postgresql_holds_no_key(access: Access, state: State) -> None:
    stored = str(await state.fetch("SELECT * FROM api_keys"))
    assert not any(key.key in stored for key in access.first_keys)


async def test_a_key_does_not_show_when_it_is_printed_by_accident(access: Access) -> None:
    assert not any(key.key in repr(access.first_keys) for key in access.first_keys)


async def test_one_from_the_settings_works_and_is_written_to_no_file(
    state: State, settings: Settings
) -> None:
    chosen = dataclasses.replace(settings, ingest_key="chosen", admin_token="boss")
    access = await Access.open(state, chosen)
    assert access.ingest_key("Bearer chosen").project == "default"
    assert (await access.reader("Bearer boss", None)).is_admin
    assert not (settings.data / INGEST_KEY_FILE).exists()
    assert not any(key.is_new for key in access.first_keys)
    await access.close()


async def test_one_that_left_the_settings_ends_and_may_come_back(state: State, settings: Settings) -> None:
    for chosen in ("old", "new", "old"):
        access = await Access.open(state, dataclasses.replace(settings, ingest_key=chosen))
        assert access.ingest_key(f"Bearer {chosen}")
        if chosen == "new":
            with pytest.raises(AccessDenied, match="nobody has this key"):
                access.ingest_key("Bearer old")
        await access.close()


async def test_one_that_is_unset_again_ends(state: State, settings: Settings) -> None:
    await (await Access.open(state, dataclasses.replace(settings, ingest_key="old"))).close()
    access = await Access.open(state, settings)
    with pytest.raises(AccessDenied, match="nobody has this key"):
        access.ingest_key("Bearer old")
    await access.close()
