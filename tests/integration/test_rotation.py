"""Keys are rotated while records come in: nothing is refused, and whoever has one token finds the person's records."""

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.conftest import ADMIN_TOKEN, INGEST_KEY, Platform
from tests.ndjson import log_line

import eduscope
from eduscope.privacy import KeyRing, default_ring, is_token, use_ring

EDUSCOPE = Path(sys.executable).with_name("eduscope")


@pytest.fixture
def followed(tmp_path: Path) -> Iterator[Platform]:
    """A platform whose ring is in a file of its own."""
    file = tmp_path / "keys"
    KeyRing([("k1", b"1" * 32)]).write(file)
    own = Platform(tmp_path / "data", EDUSCOPE_TOKEN_KEYS_FILE=str(file))
    own.folder.mkdir()
    own.start()
    yield own
    own.close()


def key_file(platform: Platform) -> Path:
    return platform.folder.parent / "keys"


def keys(platform: Platform, *words: str, said: str = "") -> str:
    """`eduscope privacy keys …`."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("EDUSCOPE_")}
    done = subprocess.run(
        [str(EDUSCOPE), "privacy", "keys", *words],
        env=inherited
        | {
            "EDUSCOPE_READ_KEY": ADMIN_TOKEN,
            "EDUSCOPE_URL": platform.url,
            "EDUSCOPE_TOKEN_KEYS_FILE": str(key_file(platform)),
        },
        input=said,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def ring(platform: Platform) -> KeyRing:
    return KeyRing.from_file(key_file(platform))


def send(platform: Platform, service: str, count: int = 1) -> None:
    """Lines of one person by both lanes: an e-mail address takes the second one to the inspection lane."""
    platform.send(*[log_line(service_name=service, user_id="ada", message="quiz graded")] * count)
    platform.send(log_line(service_name=service, user_id="ada", message="mail amy@school.example"))


def wait_for_key(platform: Platform, key_id: str) -> None:
    until = time.monotonic() + 20
    while True:
        send(platform, "probe")
        if platform.count(f"service:probe user_id:usr_{key_id}_*") >= 2:
            return
        assert time.monotonic() < until, f"{key_id} was not in use within 20 seconds"
        time.sleep(0.2)


def test_a_rotation_refuses_nothing_and_one_token_finds_everything(followed: Platform) -> None:
    before = ring(followed)
    send(followed, "before")

    sent, ended = [0], threading.Event()

    def go_on() -> None:
        while not ended.is_set():
            send(followed, "meanwhile")
            sent[0] += 2

    sender = threading.Thread(target=go_on)
    sender.start()
    keys(followed, "rotate")
    wait_for_key(followed, "k2")
    ended.set()
    sender.join()
    send(followed, "after")

    after = ring(followed)
    assert after.ids == ("k2", "k1")
    old, new = before.token("ada"), after.token("ada")
    assert followed.count("service:meanwhile") == sent[0] > 0
    until = time.monotonic() + 20
    while followed.count(f"user_id:{old} service:after") != 2:  # the inspection lane has met her
        assert time.monotonic() < until, "the tokens were not linked within 20 seconds"
        time.sleep(0.2)
    for token in (old, new):
        assert is_token(token)
        assert followed.count(f"user_id:{token} service:before") == 2
        assert followed.count(f"user_id:{token} service:meanwhile") == sent[0]

    assert keys(followed, "join", "-", said="ben\n\ncleo\n") == "2 people are joined\n"
    assert [line.split()[0] for line in keys(followed, "list").splitlines()] == ["k2", "k1"]

    key_file(followed).write_text("k3:short")
    time.sleep(3)
    send(followed, "broken")
    assert followed.count("service:broken user_id:usr_k2_*") == 2
    log = followed.folder.parent / f"{followed.folder.name}.log"
    assert log.read_text().count("key ring k2 stays in use") == 1
    after.write(key_file(followed))

    answer = followed.reader.post(
        "/api/privacy/erasures", json={"subject": old, "reason": "asked for by the person"}
    )
    assert answer.json()["stage"] in {"hidden", "removed"}
    assert followed.count(f"user_id:{old} OR user_id:{new}") == 0


def test_a_service_tells_whose_tokens_are_one_persons(followed: Platform) -> None:
    old, before = ring(followed).token("ada"), default_ring()
    eduscope.init(
        service="sdk",
        endpoint=followed.url,
        ingest_key=INGEST_KEY,
        token_keys_file=str(key_file(followed)),
        stdout=False,
        tracing=False,
    )
    try:
        with eduscope.bind(user_id="ada"):
            eduscope.get_logger().info("before")
        keys(followed, "rotate")
        until = time.monotonic() + 20
        while default_ring().current_id != "k2":
            assert time.monotonic() < until, "the service did not take the new key within 20 seconds"
            time.sleep(0.05)
        with eduscope.bind(user_id="ada"):
            eduscope.get_logger().info("after")
    finally:
        eduscope.shutdown()
        use_ring(before)
    until = time.monotonic() + 20
    while followed.count(f"user_id:{old} service:sdk") != 2:
        assert time.monotonic() < until, "the tokens were not linked within 20 seconds"
        time.sleep(0.2)
    sent = {"tokens": [old, old.replace("_k1_", "_k2_")], "proof": "link_k2_" + "a" * 26}
    headers = {"Content-Type": "application/x-ndjson"}
    for body, status in ((json.dumps(sent), 200), ('{"tokens": []}', 400), ("[]", 400), ("", 200)):
        assert followed.sender.post("/v1/epochs", content=body, headers=headers).status_code == status
    assert followed.reader.post("/v1/epochs", content="", headers=headers).status_code in {401, 403}
    assert followed.count(f"user_id:{old} service:sdk") == 2
