"""The map names every section of the roadmap, and only paths that exist."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[1]
MAP = (ROOT / "docs" / "map.md").read_text(encoding="utf-8")
TABLE = [line.strip("|").split("|") for line in MAP.splitlines() if line.startswith("|")]
ROWS = [cells for cells in TABLE if cells[0].strip().isdecimal()]
PATH = re.compile(r"`([^`]+)`")


def test_all_fifteen_sections_are_on_it() -> None:
    assert [int(cells[0]) for cells in ROWS] == list(range(1, 16))


def test_every_path_exists() -> None:
    paths = [path for cells in TABLE for cell in cells for path in PATH.findall(cell) if path[0] != "/"]
    assert len(paths) > 40
    assert [path for path in paths if not (ROOT / path).exists()] == []


def test_what_is_here_or_begun_has_code_and_what_is_planned_has_no_tests() -> None:
    for number, section, code, _page, tests, state in ROWS:
        assert state.strip().split(":")[0] in {"here", "begun", "planned"}, f"{number} {section}"
        if state.strip().startswith("planned"):
            assert not PATH.findall(code + tests), f"{number} {section} is planned, yet names code"
        else:
            assert PATH.findall(code), f"{number} {section} names no code"


def test_what_is_here_is_tested() -> None:
    assert all(PATH.findall(tests) for *_, tests, state in ROWS if state.strip().startswith("here"))
