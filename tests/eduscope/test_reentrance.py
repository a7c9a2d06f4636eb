"""Code that runs in the middle of other code, as signal handlers and finalisers do, may use the SDK."""

import subprocess
import sys
import textwrap
from pathlib import Path

import pytest
from tests.eduscope.local_platform import Answer, LocalPlatform

HANDLED_SECONDS = 1.5
"""Without re-entrant locks the program stood still within a few hundredths of a second."""

INTERRUPTED = """
    import signal, sys, time
    import eduscope

    eduscope.init(service="job", environment="production", endpoint=sys.argv[1], stdout=False)
    log = eduscope.get_logger()
    lookups = eduscope.metrics.counter("lookups", "Look-ups.", ("key",))
    handled = written = 0

    def handle(*_signal):
        global handled
        handled += 1
        log.warning("handled", count=handled)
        lookups.add((f"k-{handled % 300}",))
        with eduscope.tracing.span("signal.handle"):
            pass

    signal.signal(signal.SIGALRM, handle)
    signal.setitimer(signal.ITIMER_REAL, 0.0003, 0.0003)
    until = time.monotonic() + float(sys.argv[2])
    while time.monotonic() < until:
        written += 1
        log.info("written", count=written)
        lookups.add((f"k-{written % 300}",))
        with eduscope.tracing.span("work.do"):
            pass
    signal.setitimer(signal.ITIMER_REAL, 0)
    eduscope.shutdown()
    print(handled + written)
"""

ENDED_TWICE = """
    import os, signal, sys, threading, time
    import eduscope

    eduscope.init(service="job", environment="production", endpoint=sys.argv[1], shutdown_timeout_seconds=1)
    def stop(*_signal):
        eduscope.shutdown()
        sys.exit(0)
    signal.signal(signal.SIGTERM, stop)
    eduscope.get_logger().info("said")
    threading.Timer(0.5, os.kill, (os.getpid(), signal.SIGTERM)).start()
    os.kill(os.getpid(), signal.SIGTERM)
"""


@pytest.mark.parametrize("program", [INTERRUPTED, ENDED_TWICE], ids=["interrupted", "ended twice"])
def test_the_program_does_not_stand_still(program: str, platform: LocalPlatform, tmp_path: Path) -> None:
    if program is ENDED_TWICE:
        platform.always = Answer(200, after_seconds=30)
    file = tmp_path / "program.py"
    file.write_text(textwrap.dedent(program))
    command = [sys.executable, str(file), platform.url, str(HANDLED_SECONDS)]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)
    assert ended.returncode == 0, ended.stderr
    if program is INTERRUPTED:
        assert len(platform.lines()) == int(ended.stdout)
