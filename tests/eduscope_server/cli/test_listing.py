import json

import pytest

from eduscope_server.cli.listing import minute, print_rows

ROWS = [
    {"name": "[red]gate[/nothing]", "count": 3, "said": "a\x1b[2Jb"},
    {"name": "tutor", "count": 12_000, "said": "x" * 150},
]
COLUMNS = {"name": lambda r: r["name"], "count": lambda r: str(r["count"]), "said": lambda r: r["said"]}


def test_a_table_shows_what_was_written_and_cuts_nothing_off(capsys: pytest.CaptureFixture[str]) -> None:
    print_rows(ROWS, COLUMNS, as_json=False)
    head, first, second = capsys.readouterr().out.splitlines()
    assert head.split() == ["name", "count", "said"]
    assert first.split() == ["[red]gate[/nothing]", "3", r"a\x1b[2Jb"]
    assert second.split() == ["tutor", "12000", "x" * 150]


def test_for_programs_it_is_a_line_of_json_each(capsys: pytest.CaptureFixture[str]) -> None:
    print_rows(ROWS, COLUMNS, as_json=True)
    assert [json.loads(line) for line in capsys.readouterr().out.splitlines()] == ROWS


def test_nothing_is_said_beside_the_answer(capsys: pytest.CaptureFixture[str]) -> None:
    print_rows([], COLUMNS, as_json=False)
    assert capsys.readouterr() == ("", "none\n")
    print_rows([], COLUMNS, as_json=True)
    assert capsys.readouterr() == ("", "")


def test_a_time_is_told_to_the_minute() -> None:
    assert (minute("2026-11-23T10:25:31.5Z"), minute(None)) == ("2026-11-23 10:25Z", "")
