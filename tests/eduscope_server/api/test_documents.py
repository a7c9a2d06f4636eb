"""The reference pages tell what is there."""

import re
from pathlib import Path

from litestar import Litestar

from eduscope_server.query.fields import ALIASES, LOGS
from eduscope_server.query.language import parse

PAGES = Path(__file__).parents[3] / "docs" / "reference"
OPERATION = re.compile(r"^\| `(GET|POST|DELETE|PUT) (/[^`]*)` \|", re.MULTILINE)
ROW = re.compile(r"^\| `((?:[^`])+)` \|", re.MULTILINE)


def test_the_api_page_lists_every_route(app: Litestar) -> None:
    listed = set(OPERATION.findall((PAGES / "api.md").read_text()))
    own = {"/docs", "/docs/openapi.json", "/docs/{path}", "/", "/{path}"}
    mounted = {
        (method, route.path_format)
        for route in app.routes
        if route.path_format not in own
        for method in route.methods
        if method not in {"OPTIONS", "HEAD"}
    }
    # The doors are mounted by the caller; here one stands for all.
    assert listed - {("POST", "/v1/traces"), ("POST", "/v1/ndjson")} == mounted


def test_every_query_on_the_page_is_read() -> None:
    page = (PAGES / "query-language.md").read_text()
    queries = [query for query in ROW.findall(page) if not query.endswith(":")]
    assert len(queries) > 18
    for query in queries:
        parse(query, LOGS)


def test_every_short_name_is_on_the_page() -> None:
    page = (PAGES / "query-language.md").read_text()
    assert [name for name, field in ALIASES.items() if f"| `{name}:` | `{field}:`" not in page] == []
