"""`eduscope contract check` on log files as services write them."""

import gzip
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
import zstandard

EDUSCOPE = Path(sys.executable).with_name("eduscope")
PACKED: dict[str, Callable[[bytes], bytes]] = {
    "": bytes,
    ".gz": gzip.compress,
    ".zst": zstandard.ZstdCompressor().compress,
}
SERVICE = """
import eduscope
eduscope.init(service="courses", environment="test", release="1.2.3")
log = eduscope.get_logger()
with eduscope.bind(tenant_id="north", user_id="ada", correlation_id="e18ea5d9aaad492c"):
    log.info("quiz submitted", course_id="c1", attempts=2, duration_ms=12.5)
    log.warning("mail ada@example.com")
    try:
        raise ValueError("no grade for ada@example.com")
    except ValueError:
        log.exception("grading failed")
    log.info("tile", **{"course.colour": "teal"})
"""


def run(*arguments: str, stdin: bytes = b"") -> "subprocess.CompletedProcess[bytes]":
    """Runs `eduscope contract check` with no EDUSCOPE_ variables."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("EDUSCOPE_")}
    return subprocess.run(
        [str(EDUSCOPE), "contract", "check", *arguments],
        env=environment | {"COLUMNS": "200"},
        input=stdin,
        capture_output=True,
        check=False,
        timeout=60,
    )


@pytest.fixture(scope="module")
def written() -> bytes:
    """What a service writes with the SDK: four good lines but for one field that nobody declared."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("EDUSCOPE_")}
    service = subprocess.run(
        [sys.executable, "-c", SERVICE], env=environment, capture_output=True, check=True, timeout=60
    )
    assert len(service.stdout.splitlines()) == 4
    return service.stdout


@pytest.fixture(scope="module")
def seeded(written: bytes) -> bytes:
    """The same with personal data, a line that is none, and a field gone."""
    good = json.loads(written.splitlines()[0])
    bad = [good | {"message": "card 4111 1111 1111 1111"}, good | {"user_id": "ada"}]
    bad.append({name: value for name, value in good.items() if name != "request_id"})
    return written + b"starting ...\n" + b"".join(json.dumps(line).encode() + b"\n" for line in bad)


def test_what_the_sdk_writes_keeps_to_the_contract_once_its_fields_are_declared(written: bytes) -> None:
    answer = run("--declare", "course.colour=label", stdin=written)
    assert answer.returncode == 0, answer.stdout
    assert answer.stdout.startswith(b"no violation: 4 lines")
    assert run("-q", "--declare", "course.colour=label", stdin=written).stdout == b""
    undeclared = run(stdin=written)
    assert undeclared.returncode == 1
    assert b"undeclared  course.colour" in undeclared.stdout


@pytest.mark.parametrize(
    "declared", ['{"course.colour": "label"}', '{"fields": [{"name": "course.colour", "class": "label"}]}']
)
def test_fields_come_from_a_file_too(written: bytes, tmp_path: Path, declared: str) -> None:
    file = tmp_path / "fields.json"
    file.write_text(declared, encoding="utf-8")
    assert run("--fields", str(file), stdin=written).returncode == 0


@pytest.mark.parametrize("suffix", ["", ".gz", ".zst"])
def test_violations_fail_the_build_with_places_and_no_values(
    seeded: bytes, tmp_path: Path, suffix: str
) -> None:
    log = tmp_path / f"app.log{suffix}"
    log.write_bytes(PACKED[suffix](seeded))
    answer = run("--format", "json", str(log))
    assert answer.returncode == 1
    report = json.loads(answer.stdout)
    found = {(v["kind"], v["field"]): [at["line"] for at in v["first"]] for v in report["violations"]}
    assert found == {
        ("CARD", "message"): [6],
        ("missing", "request_id"): [8],
        ("not_a_token", "user_id"): [7],
        ("undeclared", "course.colour"): [4],
        ("unreadable", ""): [5],
    }
    assert report["lines"] == 8
    for said in (answer.stdout, run(str(log)).stdout, run("--format", "github", str(log)).stdout):
        assert b"4111" not in said


def test_github_gets_an_annotation_for_each_kind(seeded: bytes, tmp_path: Path) -> None:
    log = tmp_path / "app.log"
    log.write_bytes(seeded)
    lines = run("--format", "github", str(log)).stdout.decode().splitlines()
    assert (
        f"::error file={log},line=6,title=Contract%3A CARD in message::CARD in message, 1 times: " in lines[0]
    )
    assert len(lines) == 5


def test_a_service_on_its_way_may_have_some(seeded: bytes) -> None:
    assert run("--max-violations", "5", stdin=seeded).returncode == 0
    assert run("--max-violations", "4", stdin=seeded).returncode == 1


@pytest.mark.parametrize(
    "content", [None, gzip.compress(b"{}" * 10_000, mtime=0)[:40], b"\x28\xb5\x2f\xfd\x00broken"]
)
def test_an_input_that_cannot_be_read_is_another_matter(tmp_path: Path, content: bytes | None) -> None:
    log = tmp_path / "app.log"
    if content is not None:
        log.write_bytes(content)
    answer = run(str(log))
    assert answer.returncode == 2
    assert f"{log} can't be read: ".encode() in answer.stderr


@pytest.mark.parametrize("pair", ["colour", "course.colour=teal", "http.route=label"])
def test_a_declaration_that_is_none_is_refused(pair: str) -> None:
    answer = run("--declare", pair, stdin=b"")
    assert answer.returncode == 2
    assert answer.stderr.startswith(b"eduscope: ")


def test_a_stream_is_followed_line_by_line(written: bytes) -> None:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("EDUSCOPE_")}
    with subprocess.Popen(
        [str(EDUSCOPE), "contract", "check", "--follow"],
        env=environment | {"COLUMNS": "200", "PYTHONUNBUFFERED": "1"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as checking:
        assert checking.stdin is not None
        assert checking.stdout is not None
        checking.stdin.write(written)
        checking.stdin.flush()
        started = time.monotonic()
        assert checking.stdout.readline().startswith(b"stdin:4: undeclared in course.colour: ")
        assert time.monotonic() - started < 60
        checking.stdin.close()
        assert checking.wait(60) == 1
