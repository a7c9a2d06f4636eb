"""What a service wrote is shown on a terminal, never obeyed."""

import pytest

from eduscope_server.cli.terminal import log_line, shown


@pytest.mark.parametrize(
    ("written", "seen"),
    [
        ("plain text, Grüße", "plain text, Grüße"),
        ("\x1b]0;title\x07", "\\x1b]0;title\\x07"),
        ("over\rwritten", "over\\x0dwritten"),
        ("turned \u202e around", "turned \\x202e around"),
        ("two\nlines", "two\n    lines"),
        ("[red]no markup[/red]", "[red]no markup[/red]"),
    ],
)
def test_control_characters_come_out_as_escapes(written: str, seen: str) -> None:
    assert shown(written) == seen


def test_a_log_is_one_line_with_what_a_person_needs() -> None:
    log = {
        "timestamp": "2026-11-23T10:00:00.123456Z",
        "log_level": "error",
        "service_name": "courses",
        "message": "no",
        "tenant_id": "north",
        "duration_ms": 12.345,
        "attributes": {"http.route": "/a", "user_agent.original": "x"},
        "correlation_id": "0123456789abcdef",
    }
    line = log_line(log).plain
    assert line.endswith("error    courses        no tenant_id=north 12.3ms http.route=/a 01234567…")
