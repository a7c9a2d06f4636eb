"""The reference pages tell what is there."""

import re
from pathlib import Path

import pytest
from litestar import Litestar
from tests.eduscope_server.api.conftest import Client

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
    assert listed - {("POST", "/v1/traces"), ("POST", "/v1/ndjson"), ("POST", "/v1/epochs")} == mounted


async def test_the_document_tells_every_failure_in_the_shape_they_have(anyone: Client) -> None:
    paths = (await anyone.get("/openapi.json")).json()["paths"]
    for path, methods in paths.items():
        for operation in methods.values():
            answers = operation["responses"]
            failures = {status: answer for status, answer in answers.items() if status[0] not in "23"}
            assert "default" in failures
            for answer in failures.values():
                shape = answer["content"]["application/json"]["schema"]
                assert shape == {"$ref": "#/components/schemas/Problem"}, path
            assert ("401" in answers) == (operation.get("security") != []), path
            assert ("404" in answers) == ("{" in path), path


@pytest.mark.parametrize("path", ["/contract/v1.json", "/healthz", "/readyz", "/metrics"])
async def test_what_is_open_in_the_document_is_open(anyone: Client, path: str) -> None:
    document = (await anyone.get("/openapi.json")).json()
    assert document["paths"][path]["get"]["security"] == []
    assert (await anyone.get(path)).status_code == 200


async def test_every_reference_of_the_document_leads_somewhere(anyone: Client) -> None:
    text = (await anyone.get("/openapi.json")).text
    shapes = (await anyone.get("/openapi.json")).json()["components"]["schemas"]
    named = set(re.findall(r'"#/components/schemas/([^"]+)"', text))
    assert len(named) > 40
    assert named <= set(shapes)


async def test_a_body_with_a_field_too_many_is_refused_as_the_document_says(admin: Client) -> None:
    document = (await admin.get("/openapi.json")).json()
    read = 0
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            content = operation.get("requestBody", {}).get("content", {})
            if path.startswith("/api/") and "application/json" in content:
                name = content["application/json"]["schema"]["$ref"].rpartition("/")[2]
                assert document["components"]["schemas"][name]["additionalProperties"] is False
                answer = await admin.request(
                    method.upper(), re.sub("{[^}]*}", "1", path), json={"no_such_field": 1}
                )
                assert answer.status_code == 400, (path, answer.text)
                assert "unknown field `no_such_field`" in answer.text
                read += 1
    assert read == 10


async def test_a_number_may_be_whole_in_the_document(anyone: Client) -> None:
    """Under `oneOf` 12 would be no attribute: it is an integer and a number."""
    text = (await anyone.get("/openapi.json")).text
    assert '"oneOf"' not in text
    assert '"anyOf"' in text


async def test_the_document_tells_what_is_read_raw(anyone: Client) -> None:
    paths = (await anyone.get("/openapi.json")).json()["paths"]
    assert set(paths["/v1/logs"]["post"]["requestBody"]["content"]) == {
        "application/x-protobuf",
        "application/json",
    }
    roster = paths["/api/privacy/rosters/{tenant_id}"]
    assert list(roster["put"]["requestBody"]["content"]) == ["text/csv"]
    assert "requestBody" not in roster["delete"]


def test_every_query_on_the_page_is_read() -> None:
    page = (PAGES / "query-language.md").read_text()
    queries = [query for query in ROW.findall(page) if not query.endswith(":")]
    assert len(queries) > 18
    for query in queries:
        parse(query, LOGS)


def test_every_short_name_is_on_the_page() -> None:
    page = (PAGES / "query-language.md").read_text()
    assert [name for name, field in ALIASES.items() if f"| `{name}:` | `{field}:`" not in page] == []
