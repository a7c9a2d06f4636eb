"""The embedded PostgreSQL under everything that happens to processes."""

import asyncio
import contextlib
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from eduscope_server.folder_lock import FolderInUse
from eduscope_server.state import State, StateBroken, StateUnavailable
from eduscope_server.state.process import running_server

RECOVERY_SECONDS = 20
LONGEST_ANSWER_SECONDS = 12


async def until_it_answers(state: State) -> None:
    """Asks again and again, as requests would."""
    deadline = time.monotonic() + RECOVERY_SECONDS
    while not await state.is_ready():
        assert time.monotonic() < deadline, f"PostgreSQL did not come back within {RECOVERY_SECONDS} s"
        await asyncio.sleep(0.1)


def process_of(state: State) -> psutil.Process:
    """The server's own process."""
    assert state.process_id is not None
    return psutil.Process(state.process_id)


async def test_a_new_folder_gets_a_database_and_an_old_one_keeps_it(tmp_path: Path) -> None:
    first = await State.open("", tmp_path / "postgres")
    await first.execute("INSERT INTO tenants (tenant_id) VALUES ('north')")
    await first.close()
    second = await State.open("", tmp_path / "postgres")
    assert await second.fetch("SELECT tenant_id FROM tenants") == [{"tenant_id": "north"}]
    await second.close()


async def test_a_start_on_an_existing_folder_is_quick(tmp_path: Path) -> None:
    await (await State.open("", tmp_path / "postgres")).close()
    started = time.monotonic()
    state = await State.open("", tmp_path / "postgres")
    took_seconds = time.monotonic() - started
    await state.close()
    assert took_seconds < 3


async def test_a_stop_leaves_no_process_and_no_socket_folder(tmp_path: Path) -> None:
    state = await State.open("", tmp_path / "postgres")
    process = process_of(state)
    socket_folder = (tmp_path / "postgres" / "socket-folder").read_text()
    await state.close()
    assert not process.is_running()
    assert socket_folder.startswith("/tmp/eduscope-")
    assert socket_folder.removeprefix("/tmp/") not in os.listdir("/tmp")  # noqa: PTH208 - names are enough


async def test_it_does_not_run_as_root(tmp_path: Path) -> None:
    state = await State.open("", tmp_path / "postgres")
    assert process_of(state).uids().real != 0
    await state.close()


async def test_it_listens_on_no_port(tmp_path: Path) -> None:
    state = await State.open("", tmp_path / "postgres")
    assert [c for c in process_of(state).net_connections("inet") if c.status == psutil.CONN_LISTEN] == []
    await state.close()


async def test_a_data_folder_deeper_than_a_socket_path_may_be_long_works(tmp_path: Path) -> None:
    deep = tmp_path / ("x" * 100) / ("y" * 100)
    state = await State.open("", deep / "postgres")
    assert await state.is_ready()
    await state.close()


async def test_a_private_folder_above_is_opened_to_no_other_account(tmp_path: Path) -> None:
    private = tmp_path / "private"
    private.mkdir(mode=0o700)
    state = await State.open("", private / "data" / "postgres")
    assert await state.is_ready()
    await state.close()
    assert private.stat().st_mode & 0o007 == 0


async def test_a_second_platform_on_the_same_folder_is_refused(tmp_path: Path) -> None:
    state = await State.open("", tmp_path / "postgres")
    with pytest.raises(FolderInUse, match=f"in use by process {os.getpid()}"):
        await State.open("", tmp_path / "postgres")
    assert await state.is_ready()
    await state.close()


async def test_a_killed_server_is_started_again_and_nothing_committed_is_lost(tmp_path: Path) -> None:
    state = await State.open("", tmp_path / "postgres")
    await state.execute("INSERT INTO tenants (tenant_id) VALUES ('north')")
    process = process_of(state)
    process.kill()
    await asyncio.to_thread(process.wait)
    await until_it_answers(state)
    assert await state.fetch("SELECT tenant_id FROM tenants") == [{"tenant_id": "north"}]
    await state.close()


async def test_a_call_over_a_restart_waits_for_it(tmp_path: Path) -> None:
    state = await State.open("", tmp_path / "postgres")
    await state.fetch("SELECT 1")
    process = process_of(state)
    process.kill()
    await asyncio.to_thread(process.wait)
    for _ in range(3):
        with contextlib.suppress(StateUnavailable):  # a connection that died in the middle of its query
            await state.fetch("SELECT 1")
    assert await state.fetch("SELECT 1 AS a") == [{"a": 1}]
    await state.close()


async def test_while_the_server_hangs_calls_say_so_and_afterwards_work_again(tmp_path: Path) -> None:
    state = await State.open("", tmp_path / "postgres")
    await state.fetch("SELECT 1")
    server = process_of(state)
    everyone = [server, *server.children(recursive=True)]
    for process in everyone:
        process.suspend()
    try:
        started = time.monotonic()
        with pytest.raises(StateUnavailable, match="retry"):
            await state.fetch("SELECT 1")
        assert time.monotonic() - started < LONGEST_ANSWER_SECONDS
    finally:
        for process in everyone:
            process.resume()
    await until_it_answers(state)
    await state.close()


PLATFORM = """
import asyncio, sys
from pathlib import Path
from eduscope_server.state import State

async def main():
    state = await State.open("", Path(sys.argv[1]))
    await state.execute("INSERT INTO tenants (tenant_id) VALUES (%s)", (sys.argv[2],))
    print(state.process_id, flush=True)
    await asyncio.sleep(600)

asyncio.run(main())
"""


def test_three_kills_of_the_platform_leave_no_server_and_lose_nothing(tmp_path: Path) -> None:
    folder = tmp_path / "postgres"
    for name in ("one", "two", "three"):
        platform = subprocess.Popen(
            [sys.executable, "-c", PLATFORM, str(folder), name], stdout=subprocess.PIPE, text=True
        )
        assert platform.stdout is not None
        with platform.stdout as printed:
            server = psutil.Process(int(printed.readline()))
        platform.send_signal(signal.SIGKILL)
        platform.wait()
        server.wait(10)
    assert asyncio.run(_tenants(folder)) == ["one", "two", "three"]


async def test_a_process_id_taken_over_by_another_program_does_not_stop_a_start(tmp_path: Path) -> None:
    folder = tmp_path / "postgres"
    await (await State.open("", folder)).close()
    note = folder / "postmaster.pid"
    note.write_text(f"{os.getpid()}\n{folder}\n1\n5432\n/tmp/nowhere\n\n  1  1\nready\n")
    assert running_server(folder) is None
    state = await State.open("", folder)
    assert await state.is_ready()
    await state.close()


async def test_a_folder_of_another_major_version_is_left_alone(tmp_path: Path) -> None:
    folder = tmp_path / "postgres"
    folder.mkdir()
    (folder / "PG_VERSION").write_text("16\n")
    with pytest.raises(StateBroken, match="made by PostgreSQL 16; this EduScope runs 18"):
        await State.open("", folder)


async def test_a_first_start_that_was_cut_short_is_begun_again(tmp_path: Path) -> None:
    folder = tmp_path / "postgres"
    (folder / "unfinished" / "base").mkdir(parents=True)
    state = await State.open("", folder)
    assert await state.is_ready()
    await state.close()


async def _tenants(folder: Path) -> list[str]:
    state = await State.open("", folder)
    rows = await state.fetch("SELECT tenant_id FROM tenants ORDER BY created_at")
    await state.close()
    return [row["tenant_id"] for row in rows]
