"""`eduscope privacy keys`: the key file is made and rotated in one step, and no key is shown."""

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from eduscope.privacy import KeyRing

EDUSCOPE = Path(sys.executable).with_name("eduscope")


def keys(*words: str, **environment: str) -> "subprocess.CompletedProcess[str]":
    """`eduscope privacy keys …`, without a platform."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("EDUSCOPE_")}
    return subprocess.run(
        [str(EDUSCOPE), "privacy", "keys", *words],
        env=inherited | environment | {"COLUMNS": "200"},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def test_a_ring_is_made_rotated_and_listed_without_a_key_shown(tmp_path: Path) -> None:
    file = tmp_path / "keys"
    made = keys("create", "--file", str(file))
    first = KeyRing.from_file(file)
    rotated = keys("rotate", EDUSCOPE_TOKEN_KEYS_FILE=str(file))
    ring = KeyRing.from_file(file)
    assert ring.ids == ("k2", "k1")
    assert ring.key("k1") == first.key()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert list(tmp_path.iterdir()) == [file]
    listed = keys("list", "--file", str(file))
    assert [line.split()[0] for line in listed.stdout.splitlines()] == ["k2", "k1"]
    shown = "".join(done.stdout + done.stderr for done in (made, rotated, listed))
    assert not any(entry.split(":")[1] in shown for entry in ring.serialised().split(","))


def test_the_file_in_the_data_folder_is_the_one_where_none_is_named(tmp_path: Path) -> None:
    KeyRing([("school", b"0" * 32)]).write(tmp_path / "token-keys")
    assert keys("rotate", "--data", str(tmp_path)).returncode == 0
    assert KeyRing.from_file(tmp_path / "token-keys").ids == ("k1", "school")


@pytest.mark.parametrize(
    ("words", "environment", "said"),
    [
        (("rotate",), {}, "cannot be read: No such file"),
        (
            ("list",),
            {"EDUSCOPE_TOKEN_KEYS": "k1:MDEyMzQ1Njc4OWFiY2RlZg=="},
            "the ring is in EDUSCOPE_TOKEN_KEYS",
        ),
    ],
)
def test_what_cannot_be_done_is_said(
    tmp_path: Path, words: tuple[str, ...], environment: dict[str, str], said: str
) -> None:
    done = keys(*words, "--data", str(tmp_path), **environment)
    assert done.returncode == 1
    assert said in done.stderr
    assert "MDEy" not in done.stderr


def test_a_file_that_is_there_is_never_made_anew(tmp_path: Path) -> None:
    file = tmp_path / "keys"
    file.write_text("something else")
    assert "is there already" in keys("create", "--file", str(file)).stderr
    assert file.read_text() == "something else"
