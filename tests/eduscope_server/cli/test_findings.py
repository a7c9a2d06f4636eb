"""`eduscope privacy` where it reads findings and declares fields, against a running platform."""

from collections.abc import Iterator
from typing import Any

import pytest
from tests.conftest import Platform
from tests.eduscope_server.cli.test_commands import run
from tests.ndjson import log_line

FIELD = "course.texture"


@pytest.fixture(autouse=True)
def nothing_declared(platform: Platform) -> Iterator[None]:
    """Leaves nothing declared behind on the platform that other tests share."""
    yield
    platform.reader.delete(f"/api/privacy/fields/{FIELD}")


def send(platform: Platform, value: str) -> None:
    """One log line with the field."""
    platform.send(log_line(service_name="findings-test", message=f"tile {value}", **{FIELD: value}))


def stored(platform: Platform, value: str) -> Any:
    """What was kept of the field in the line that says the value."""
    asked = {"query": f'service:findings-test "tile {value}"', "from": "-1h"}
    (log,) = platform.reader.get("/api/logs", params=asked).json()["logs"]
    return log["attributes"][FIELD]


def test_a_field_is_declared_and_withdrawn_and_what_comes_in_follows(platform: Platform) -> None:
    send(platform, "rough")
    assert stored(platform, "rough").startswith("und_")

    made = run(platform, "privacy", "declare", FIELD, "label", "--description", "Of a tile.")
    assert made.stdout.splitlines() == [
        f"{FIELD} is declared as label",
        f'in the service: eduscope.contract.declare("{FIELD}", "label")',
    ]
    send(platform, "smooth")
    assert stored(platform, "smooth") == "smooth"
    listed = run(platform, "privacy", "fields")
    assert FIELD in listed.stdout
    assert "Of a tile." in listed.stdout

    assert run(platform, "privacy", "withdraw", FIELD).stdout == f"{FIELD} is no longer declared\n"
    send(platform, "shiny")
    assert stored(platform, "shiny").startswith("und_")
    again = run(platform, "privacy", "withdraw", FIELD)
    assert (again.returncode, again.stderr) == (1, f"eduscope: {FIELD} is not declared here\n")


@pytest.mark.parametrize(
    ("name", "field_class", "says"),
    [
        (FIELD, "colour", '"colour" is no class of fields; expected one of '),
        ("http.route", "label", "http.route is declared by the contract itself"),
        ("Colour", "label", '"Colour" is no name for a field'),
    ],
)
def test_what_cannot_be_declared_says_why(platform: Platform, name: str, field_class: str, says: str) -> None:
    answer = run(platform, "privacy", "declare", name, field_class)
    assert answer.returncode in {1, 2}
    assert says in answer.stderr


@pytest.mark.parametrize("command", ["findings", "undeclared"])
def test_nothing_found_is_said_beside_the_answer(platform: Platform, command: str) -> None:
    asked = ("privacy", command, "--service", "no-such-service", "--from", "-5m")
    answer = run(platform, *asked)
    assert (answer.returncode, answer.stdout) == (0, "")
    assert answer.stderr == "none\n"
    assert run(platform, *asked, "--json").stdout == ""
