"""Nothing is lost at the end of a process: real processes, a real server."""

import json
import os
import signal
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest
from tests.eduscope.local_platform import Answer, LocalPlatform

START = """
import asyncio, logging, multiprocessing, os, signal, sys, threading, time
import eduscope
def start():
    eduscope.init(
        service="job", environment="production", endpoint={url!r}, tracing=False, export_interval_seconds=30
    )
log = eduscope.get_logger()
def child(number):
    log.info(f"child {{number}}")
"""


HANDLED = """
signal.signal(signal.SIGTERM, lambda *_: sys.exit(7))
start()
log.info('said')
os.kill(os.getpid(), signal.SIGTERM)
time.sleep(5)
"""


def run(platform: LocalPlatform, folder: Path, program: str) -> "subprocess.CompletedProcess[str]":
    """Runs a program. Its exporter would wait half a minute: what arrives was sent at the end."""
    file = folder / "program.py"
    file.write_text(START.format(url=platform.url) + textwrap.dedent(program))
    environment = {k: v for k, v in os.environ.items() if not k.startswith("EDUSCOPE_")}
    # Since 3.12 Python warns of a fork beside threads, which is a line as any warning is.
    environment["PYTHONWARNINGS"] = "ignore:This process:DeprecationWarning"
    return subprocess.run(
        [sys.executable, str(file)], env=environment, capture_output=True, text=True, timeout=60, check=False
    )


def check(platform: LocalPlatform, ended: "subprocess.CompletedProcess[str]", expected: list[str]) -> None:
    """The lines are on stdout and at the platform, each once."""
    printed = [json.loads(line)["message"] for line in ended.stdout.splitlines()]
    assert sorted(printed) == sorted(expected), ended.stderr
    assert sorted(line["message"] for line in platform.lines()) == sorted(expected)


@pytest.mark.parametrize(
    ("program", "status"),
    [
        ("start(); log.info('said')", 0),
        ("start(); log.info('said'); sys.exit(3)", 3),
        ("start(); atexit = __import__('atexit'); atexit.register(lambda: log.info('said'))", 0),
        (HANDLED, 7),
    ],
    ids=["end", "exit", "atexit", "SIGTERM handled"],
)  # fmt: skip
def test_a_normal_end_sends_what_waits(
    platform: LocalPlatform, tmp_path: Path, program: str, status: int
) -> None:
    if "register(log.info" in program:
        pytest.skip(
            "what was registered before `init` runs after our end: it reaches stdout, not the platform"
        )
    ended = run(platform, tmp_path, program)
    assert ended.returncode == status
    check(platform, ended, ["said"])


def test_after_our_end_lines_still_reach_stdout(platform: LocalPlatform, tmp_path: Path) -> None:
    ended = run(
        platform, tmp_path, "import atexit; atexit.register(log.info, 'late'); start(); log.info('said')"
    )
    assert [json.loads(line)["message"] for line in ended.stdout.splitlines()] == ["said", "late"]
    assert [line["message"] for line in platform.lines()] == ["said"]


def test_an_uncaught_exception_is_the_last_line_and_no_text(platform: LocalPlatform, tmp_path: Path) -> None:
    ended = run(platform, tmp_path, """
        start()
        def grade(name):
            raise ValueError("no grade for " + name)
        grade("anna@school.example")
    """)  # fmt: skip
    assert ended.returncode == 1
    check(platform, ended, ["uncaught exception: the program ends"])
    (line,) = platform.lines()
    assert (line["log_level"], line["exception.type"]) == ("critical", "ValueError")
    assert line["exception.message"] == "no grade for [EMAIL]"
    assert "program.py:" in line["exception.stacktrace"]
    assert "anna" not in ended.stderr


def test_an_uncaught_exception_of_a_thread_is_a_line(platform: LocalPlatform, tmp_path: Path) -> None:
    ended = run(platform, tmp_path, """
        start()
        thread = threading.Thread(target=lambda: 1 / 0)
        thread.start(); thread.join()
    """)  # fmt: skip
    assert ended.returncode == 0
    check(platform, ended, ["uncaught exception: the thread ends"])
    assert ended.stderr == ""


def test_an_interrupt_is_no_failure(platform: LocalPlatform, tmp_path: Path) -> None:
    ended = run(platform, tmp_path, "start(); log.info('said'); raise KeyboardInterrupt")
    assert ended.returncode == -signal.SIGINT
    check(platform, ended, ["said"])
    assert "KeyboardInterrupt" in ended.stderr


def test_by_default_sigterm_ends_python_at_once_and_stdout_has_all(
    platform: LocalPlatform, tmp_path: Path
) -> None:
    ended = run(platform, tmp_path, "start(); log.info('said'); os.kill(os.getpid(), signal.SIGTERM)")
    assert ended.returncode == -signal.SIGTERM
    assert [json.loads(line)["message"] for line in ended.stdout.splitlines()] == ["said"]
    assert platform.lines() == []


@pytest.mark.parametrize("lifespan", ["auto", "off"])
def test_uvicorns_last_words_are_sent_before_its_signal(
    platform: LocalPlatform, tmp_path: Path, lifespan: str
) -> None:
    """It sends itself the signal again when it is done, so the process ends without `atexit`."""
    ended = run(platform, tmp_path, f"""
        import uvicorn
        start()
        threading.Timer(1, os.kill, (os.getpid(), signal.SIGTERM)).start()
        uvicorn.run(eduscope.http.ASGIMiddleware(None, has_lifespan=False), port=0, lifespan={lifespan!r})
    """)  # fmt: skip
    assert ended.returncode == -signal.SIGTERM, ended.stderr
    printed = [json.loads(line)["message"] for line in ended.stdout.splitlines()]
    assert printed[-1].startswith("Finished server process")
    assert [line["message"] for line in platform.lines()] == printed


def test_a_forked_child_sends_its_own_lines_and_not_its_parents(
    platform: LocalPlatform, tmp_path: Path
) -> None:
    ended = run(platform, tmp_path, """
        start()
        log.info("parent before")
        pid = os.fork()
        if pid == 0:
            log.info("child")
            sys.exit(0)
        assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0
        log.info("parent after")
    """)  # fmt: skip
    assert ended.returncode == 0, ended.stderr
    check(platform, ended, ["parent before", "child", "parent after"])


def test_a_fork_while_other_threads_log_leaves_a_child_that_can(
    platform: LocalPlatform, tmp_path: Path
) -> None:
    ended = run(platform, tmp_path, """
        start()
        stop = threading.Event()
        def talk():
            while not stop.is_set():
                log.info("parent")
                logging.getLogger("library").warning("parent")
        threads = [threading.Thread(target=talk) for _ in range(4)]
        for thread in threads: thread.start()
        pids = []
        for number in range(20):
            pid = os.fork()
            if pid == 0:
                signal.alarm(20)
                log.info(f"child {number}")
                logging.getLogger("library").warning(f"child {number}")
                eduscope.shutdown()
                os._exit(0)
            pids.append(pid)
        statuses = [os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) for pid in pids]
        stop.set()
        for thread in threads: thread.join()
        assert statuses == [0] * 20, statuses
    """)  # fmt: skip
    assert ended.returncode == 0, ended.stderr
    of_children = sorted(line["message"] for line in platform.lines() if line["message"] != "parent")
    assert of_children == sorted([f"child {n}" for n in range(20)] * 2)


@pytest.mark.parametrize("method", ["fork", "spawn", "forkserver"])
def test_children_of_multiprocessing_send_what_waits(
    platform: LocalPlatform, tmp_path: Path, method: str
) -> None:
    own = "start()" if method == "fork" else "pass"
    ended = run(platform, tmp_path, f"""
        if __name__ != "__main__" or {method!r} == "fork":
            start()
        if __name__ == "__main__":
            start()
            multiprocessing.set_start_method({method!r})
            children = [multiprocessing.Process(target=child, args=(n,)) for n in range(3)]
            for process in children: process.start()
            for process in children: process.join()
            log.info("parent")
            {own}
    """)  # fmt: skip
    assert ended.returncode == 0, ended.stderr
    check(platform, ended, ["child 0", "child 1", "child 2", "parent"])


def test_a_pools_workers_send_what_waits(platform: LocalPlatform, tmp_path: Path) -> None:
    ended = run(platform, tmp_path, """
        start()
        if __name__ == "__main__":
            pool = multiprocessing.get_context("fork").Pool(2)
            pool.map(child, range(6))
            pool.close(); pool.join()
    """)  # fmt: skip
    assert ended.returncode == 0, ended.stderr
    check(platform, ended, [f"child {n}" for n in range(6)])


def test_threads_and_tasks_keep_their_own_ids(platform: LocalPlatform, tmp_path: Path) -> None:
    ended = run(platform, tmp_path, """
        start()
        async def task(number):
            with eduscope.bind(correlation_id=f"journey-{number}"):
                for _ in range(20):
                    log.info(f"task {number}")
                    await asyncio.sleep(0)
                await asyncio.to_thread(log.info, f"task {number}")
        async def main():
            await asyncio.gather(*(task(n) for n in range(10)))
        asyncio.run(main())
        def thread(number):
            with eduscope.bind(correlation_id=f"journey-{number}"):
                for _ in range(200):
                    log.info(f"task {number}")
        threads = [threading.Thread(target=thread, args=(n,)) for n in range(10)]
        for each in threads: each.start()
        for each in threads: each.join()
    """)  # fmt: skip
    assert ended.returncode == 0, ended.stderr
    lines = platform.lines()
    assert len(lines) == 10 * 21 + 10 * 200
    assert {line["correlation_id"].split("-")[1] == line["message"].split()[1] for line in lines} == {True}


def test_a_platform_that_hangs_does_not_hold_up_the_end(platform: LocalPlatform, tmp_path: Path) -> None:
    platform.always = Answer(200, after_seconds=30)
    ended = run(platform, tmp_path, f"""
        eduscope.init(service="job", endpoint={platform.url!r}, tracing=False,
                      shutdown_timeout_seconds=0.5, export_timeout_seconds=0.3)
        log.info("said")
        before = time.monotonic()
        eduscope.shutdown()
        assert time.monotonic() - before < 2
    """)  # fmt: skip
    assert ended.returncode == 0, ended.stderr
