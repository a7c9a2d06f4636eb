"""A school's list, loaded on a running platform: its people are found at every door, and after every restart."""

import json
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from google.protobuf.json_format import MessageToDict
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from tests.conftest import ADMIN_TOKEN, Platform
from tests.otlp import any_value, log_request

ROSTER = "sourcedId,status,username,givenName,familyName,identifier\n"
ADA = "u-1,active,quillfeather77,Wilhelmina,Quartermaine,Q7788123\n"
GRACE = "u-2,active,tanglewood12,Benedetta,Zuckerhorn,Z9911223\n"
NAMES = ("Wilhelmina", "Quartermaine", "quillfeather77", "Q7788123", "Benedetta", "Zuckerhorn")
TEXT = "essay of Wilhelmina Quartermaine (quillfeather77)"
SAFE = "essay of [PERSON] ([USERNAME])"
NEW_TEXT, NEW_SAFE = "essay of Benedetta Zuckerhorn", "essay of [PERSON]"


def roster(platform: Platform, *words: str) -> str:
    """What `eduscope privacy roster …` prints, which has to end well."""
    done = subprocess.run(
        [sys.executable, "-m", "eduscope_server.main", "privacy", "roster", *words],
        env={"EDUSCOPE_ADMIN_TOKEN": ADMIN_TOKEN, "EDUSCOPE_URL": platform.url, "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def send(platform: Platform, service: str, tenant: str, text: str) -> set[str]:
    """Sends a line with the text through three doors; how it is kept."""
    protobuf = log_request({"tenant_id": tenant}, {"service.name": service}, body=any_value(text))
    as_json = json.dumps(MessageToDict(ExportLogsServiceRequest.FromString(protobuf))).encode()
    line = {
        "timestamp": datetime.now(UTC).isoformat().replace("+00:00", "Z"), "log_level": "info",
        "service_name": service, "correlation_id": "", "tenant_id": tenant, "user_id": "", "request_id": "",
        "duration_ms": None, "message": text,
    }  # fmt: skip
    for path, kind, body in (
        ("/v1/logs", "application/x-protobuf", protobuf),
        ("/v1/logs", "application/json", as_json),
        ("/v1/ndjson", "application/x-ndjson", json.dumps(line).encode()),
    ):
        assert platform.sender.post(path, content=body, headers={"content-type": kind}).status_code == 200
    kept = logs(platform, service)
    assert len(kept) == 3
    return {log["message"] for log in kept}


def logs(platform: Platform, service: str) -> list[dict[str, Any]]:
    answer = platform.reader.get("/api/logs", params={"query": f"service:{service}", "from": "-1h"})
    return list(answer.json()["logs"])


def names_in_clear(folder: Path) -> set[str]:
    """The names that stand in any file of a folder."""
    files = [file.read_bytes() for file in folder.rglob("*") if file.is_file()]
    assert len(files) > 10
    return {name for name in NAMES if any(name.encode() in data for data in files)}


def test_people_are_found_at_every_door_exchanged_and_kept_over_restarts(
    own_platform: Platform, tmp_path: Path
) -> None:
    platform = own_platform
    platform.start()
    users = tmp_path / "users.csv"
    users.write_text(ROSTER + ADA)
    assert "1 people of north" in roster(platform, "load", str(users), "--tenant", "north")
    assert send(platform, "first", "north", TEXT) == {SAFE}
    users.write_text(ROSTER + ADA + GRACE)
    roster(platform, "load", str(users), "--tenant", "north", "--reason", "one more came")
    assert send(platform, "exchanged", "north", NEW_TEXT) == {NEW_SAFE}

    platform.stop()
    platform.start()
    assert send(platform, "restarted", "north", f"{TEXT}, {NEW_TEXT}") == {f"{SAFE}, {NEW_SAFE}"}
    assert names_in_clear(platform.folder) == set()
    assert send(platform, "other", "south", TEXT) == {TEXT}
    assert roster(platform, "list").startswith("north: 2 people since 20")
    assert (platform.folder / "rosters" / "north.roster").stat().st_mode & 0o777 == 0o600

    roster(platform, "numbers", "--tenant", "north", r"KX\d{6}")
    assert roster(platform, "numbers", "--tenant", "north") == "KX\\d{6}\n"
    assert send(platform, "numbers", "north", "graded KX123456") == {"graded [STUDENT_ID]"}
    roster(platform, "remove", "--tenant", "north")
    assert send(platform, "removed", "north", NEW_TEXT) == {NEW_TEXT}
    assert not list((platform.folder / "rosters").iterdir())


def test_without_its_roster_a_tenants_texts_are_withheld(own_platform: Platform, tmp_path: Path) -> None:
    platform = own_platform
    platform.start()
    users = tmp_path / "users.csv"
    users.write_text(ROSTER + ADA)
    roster(platform, "load", str(users), "--tenant", "north")
    roster(platform, "load", str(users), "--tenant", "east")
    platform.stop()
    (platform.folder / "rosters" / "north.roster").write_bytes(b"damaged")
    platform.start()
    assert send(platform, "withheld", "north", TEXT) == {"[withheld]"}
    assert send(platform, "spared", "south", "quiz graded") == {"quiz graded"}
    assert send(platform, "whole", "east", TEXT) == {SAFE}
    assert "north: UNUSABLE, its texts are withheld: north.roster is no sealed roster" in roster(
        platform, "list"
    )
    assert "the roster of north cannot be used" in (tmp_path / "data.log").read_text()
    roster(platform, "load", str(users), "--tenant", "north")
    assert send(platform, "again", "north", TEXT) == {SAFE}
