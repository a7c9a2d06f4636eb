"""The console's files: the page for every view, and nothing from outside its folder."""

import shutil
from pathlib import Path

import httpx
import pytest

from eduscope_server.api.console import _read

Client = httpx.AsyncClient


@pytest.mark.parametrize("path", ["/", "/logs", "/traces/abc", "/correlations/a-b_c", "/index.html"])
async def test_every_view_is_the_page(anyone: Client, path: str) -> None:
    answer = await anyone.get(path)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert "console" in answer.text
    assert answer.headers["cache-control"] == "no-cache"
    again = await anyone.get(path, headers={"if-none-match": answer.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


async def test_hashed_files_are_kept_for_ever(anyone: Client) -> None:
    answer = await anyone.get("/assets/index-abc.js", headers={"accept-encoding": "gzip"})
    assert answer.status_code == 200
    assert "immutable" in answer.headers["cache-control"]
    assert answer.headers["content-type"].startswith("text/javascript")
    assert answer.headers["content-encoding"] == "gzip"
    assert (await anyone.get("/favicon.svg")).headers["content-type"] == "image/svg+xml"


@pytest.mark.parametrize(
    "name", ["../secret.txt", "assets/../../secret.txt", "/etc/passwd", "a\0b", "x" * 5000, "assets"]
)
def test_no_name_leads_out_of_the_folder(console_folder: Path, name: str) -> None:
    assert _read(console_folder, name) is None


async def test_encoded_ways_out_lead_nowhere(anyone: Client) -> None:
    for path in ("/%2e%2e/secret.txt", "/assets/%2e%2e%2f%2e%2e%2fsecret.txt", "/..%5csecret.txt"):
        answer = await anyone.get(path)
        assert "not for you" not in answer.text


async def test_a_console_that_is_not_built_says_so(anyone: Client, console_folder: Path) -> None:
    shutil.rmtree(console_folder)
    answer = await anyone.get("/logs")
    assert answer.status_code == 200
    assert "make setup" in answer.text
