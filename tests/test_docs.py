"""The documentation tells the truth where a machine can see whether it does."""

import importlib.util
import re
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parents[1]
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])
LINK = re.compile(r"\[[^\]]*\]\(([^)#]+)[^)]*\)")
CODE = re.compile(r"^```.*?^```$", re.DOTALL | re.MULTILINE)


def generator() -> ModuleType:
    """docs/generate.py, which is no part of a package."""
    spec = importlib.util.spec_from_file_location("generate", ROOT / "docs" / "generate.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("name", ["configuration.md", "contract.md", "metrics.md"])
def test_pages_from_code_are_up_to_date(name: str) -> None:
    written = (ROOT / "docs" / "reference" / name).read_text(encoding="utf-8")
    assert written == generator().pages()[name], "run `make docs`"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    prose = CODE.sub("", page.read_text(encoding="utf-8"))
    targets = [target for target in LINK.findall(prose) if "://" not in target]
    assert [target for target in targets if not (page.parent / target).exists()] == []


@pytest.mark.parametrize("folder", ["decisions", "how-to"])
def test_every_page_of_a_folder_is_listed(folder: str) -> None:
    pages = ROOT / "docs" / folder
    listed = {
        link for link in LINK.findall((pages / "README.md").read_text(encoding="utf-8")) if "/" not in link
    }
    assert listed == {page.name for page in pages.glob("*.md") if page.name != "README.md"}


def test_every_test_that_a_duty_rests_on_exists() -> None:
    page = (ROOT / "docs" / "explain" / "compliance.md").read_text(encoding="utf-8")
    named = re.findall(r"`(tests/[\w/.]+\.py)(?:::(\w+))?`", page)
    assert len(named) > 25
    missing = [
        f"{path}::{test}"
        for path, test in named
        if not (ROOT / path).is_file() or f"def {test}" not in (ROOT / path).read_text(encoding="utf-8")
    ]
    assert missing == []


def test_every_duty_names_a_test() -> None:
    page = (ROOT / "docs" / "explain" / "compliance.md").read_text(encoding="utf-8")
    duties = [line for line in page.splitlines() if re.match(r"\| (?:Art\.|§)", line)]
    assert len(duties) > 20
    assert [line for line in duties if "::test_" not in line] == []
