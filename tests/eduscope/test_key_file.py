"""A service follows its key file: a new ring without a restart, and the old one where the new file is broken."""

import json
import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest

import eduscope
from eduscope import key_file
from eduscope.counters import Counters
from eduscope.privacy import KeyRing, default_ring, is_token, network, tokenize, use_ring

OLD = KeyRing([("k1", b"1" * 32)])
NEW = OLD.rotated("k2", b"2" * 32)


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch, stopped: None) -> None:
    """The file is looked at more often than any test waits; the SDK and the ring end with the test."""
    monkeypatch.setattr(key_file, "LOOK_SECONDS", 0.01)


@pytest.fixture(autouse=True)
def own_ring() -> object:
    """The ring of before, afterwards."""
    before = default_ring()
    yield
    use_ring(before)


@pytest.fixture
def keys(tmp_path: Path) -> Path:
    """A file with the old ring."""
    path = tmp_path / "keys"
    OLD.write(path)
    return path


def wait_until(holds: Callable[[], bool]) -> None:
    until = time.monotonic() + 10
    while not holds():
        assert time.monotonic() < until, "not within ten seconds"
        time.sleep(0.01)


def lines(capfd: pytest.CaptureFixture[str]) -> list[dict[str, object]]:
    return [json.loads(line) for line in capfd.readouterr().out.splitlines()]


def test_a_new_ring_in_the_file_is_used_and_what_was_remembered_is_forgotten(
    keys: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    eduscope.init(service="courses", tracing=False, token_keys_file=str(keys))
    log = eduscope.get_logger().bind(favourite="teal")
    log.info("before", user_id="ada", colour="green")
    NEW.write(keys)
    wait_until(lambda: default_ring().current_id == "k2")
    log.info("after", user_id="ada", colour="green")
    before, after = lines(capfd)
    assert (before["user_id"], after["user_id"]) == (OLD.token("ada"), NEW.token("ada"))
    assert (before["colour"], after["colour"]) == (OLD.token("green", "und"), NEW.token("green", "und"))
    assert after["favourite"] == NEW.token("teal", "und")


@pytest.mark.parametrize("broken", ["", "k2:short", "k2", f"k1:{'eHh4' * 8}", "\u00e9"])
def test_a_broken_file_keeps_the_ring_and_is_told_once(
    keys: Path, capfd: pytest.CaptureFixture[str], fresh_counters: Counters, broken: str
) -> None:
    eduscope.init(service="courses", tracing=False, token_keys_file=str(keys))
    keys.write_text(broken)
    wait_until(lambda: fresh_counters.failures["token_keys_file"] >= 3)
    assert tokenize("ada") == OLD.token("ada")
    (told,) = lines(capfd)
    assert (told["log_level"], told["message"]) == ("error", "key ring stays as it was")
    assert "eHh4" not in json.dumps(told)
    NEW.write(keys)
    wait_until(lambda: default_ring().current_id == "k2")


def test_a_file_that_is_gone_keeps_the_ring(keys: Path, fresh_counters: Counters) -> None:
    eduscope.init(service="courses", stdout=False, tracing=False, token_keys_file=str(keys))
    keys.unlink()
    wait_until(lambda: fresh_counters.failures["token_keys_file"] >= 1)
    assert tokenize("ada") == OLD.token("ada")


def test_the_end_of_the_sdk_ends_the_following(keys: Path) -> None:
    eduscope.init(service="courses", stdout=False, tracing=False, token_keys_file=str(keys))
    eduscope.shutdown()
    NEW.write(keys)
    time.sleep(0.1)
    assert default_ring().current_id == "k1"


def test_a_forked_child_follows_too(keys: Path) -> None:
    eduscope.init(service="courses", stdout=False, tracing=False, token_keys_file=str(keys))
    child = os.fork()
    if child == 0:
        try:
            wait_until(lambda: default_ring().current_id == "k2")
        except AssertionError:
            os._exit(1)
        os._exit(0)
    NEW.write(keys)
    assert os.waitpid(child, 0)[1] == 0


@pytest.mark.parametrize(
    ("mode", "content", "said"),
    [(0o640, OLD.serialised(), "has mode 0640; expected 0600"), (0o600, "nothing", "without a colon")],
)
def test_a_file_that_cannot_be_used_stops_start_up(keys: Path, mode: int, content: str, said: str) -> None:
    keys.write_text(content)
    keys.chmod(mode)
    with pytest.raises(
        eduscope.ConfigurationError, match=rf"token_keys_file \(EDUSCOPE_TOKEN_KEYS_FILE\) .*{said}"
    ):
        eduscope.init(service="courses", token_keys_file=str(keys))


def test_a_ring_has_one_source(keys: Path) -> None:
    with pytest.raises(eduscope.ConfigurationError, match="token_keys and token_keys_file are both set"):
        eduscope.init(service="courses", token_keys=OLD.serialised(), token_keys_file=str(keys))


def test_how_much_of_an_address_stays_is_an_option(keys: Path) -> None:
    eduscope.init(
        service="courses", stdout=False, tracing=False, token_keys_file=str(keys), network_bits_v4=8,
        network_bits_v6=16,
    )  # fmt: skip
    assert network("8.8.4.4").startswith("8.h")
    assert network("2001:db8:85a3::1").startswith("2001:h")
    assert is_token(tokenize("ada"))
    eduscope.shutdown()
    eduscope.init(service="courses", stdout=False, tracing=False)
    assert network("8.8.4.4").startswith("8.8.4.h")
    with pytest.raises(eduscope.ConfigurationError, match='network_bits_v4= is "23"; expected 8, 16 or 24'):
        eduscope.init(service="courses", network_bits_v4=23)
