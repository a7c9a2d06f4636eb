"""The same of every client, against a real server."""

import asyncio
from collections.abc import Callable, Iterator
from typing import Any

import aiohttp
import httpx
import pytest
import requests
from opentelemetry.trace import SpanKind, StatusCode
from tests.eduscope.echo_server import echo_server

import eduscope
import eduscope.http
from eduscope import metrics
from eduscope.config import load
from eduscope.http.call import HOSTS_MAX, may_have_ids, span_name
from eduscope.testing import Captured

OURS = {"x-correlation-id", "traceparent", "baggage"}
Ask = Callable[..., Any]


def by_httpx(url: str, **options: Any) -> Any:
    """One call by httpx."""
    with eduscope.http.httpx.instrument(httpx.Client(follow_redirects=True), **options) as client:
        return client.get(url).json()


def by_httpx_async(url: str, **options: Any) -> Any:
    """One call by httpx's asynchronous client."""

    async def ask() -> Any:
        client = eduscope.http.httpx.instrument(httpx.AsyncClient(follow_redirects=True), **options)
        async with client:
            return (await client.get(url)).json()

    return asyncio.run(ask())


def by_requests(url: str, **options: Any) -> Any:
    """One call by requests."""
    with eduscope.http.requests.instrument(requests.Session(), **options) as session:
        return session.get(url).json()


def by_aiohttp(url: str, **options: Any) -> Any:
    """One call by aiohttp."""

    async def ask() -> Any:
        async with aiohttp.ClientSession() as session:
            eduscope.http.aiohttp.instrument(session, **options)
            async with session.get(url) as answer:
                return await answer.json()

    return asyncio.run(ask())


@pytest.fixture(params=[by_httpx, by_httpx_async, by_requests, by_aiohttp])
def ask(request: pytest.FixtureRequest) -> Ask:
    """Each client in turn."""
    chosen: Ask = request.param
    return chosen


@pytest.fixture
def port() -> Iterator[int]:
    """Where the service listens."""
    with echo_server() as port:
        yield port


def test_a_call_carries_the_ids_and_is_a_client_span(ask: Ask, port: int, seen: Captured) -> None:
    with eduscope.bind(tenant_id="t1", user_id="anna", correlation_id="c" * 8):
        got = ask(f"http://localhost:{port}/ask/anna?q=secret")
    span = seen.span("GET localhost")
    assert span.context is not None
    assert got["x-correlation-id"] == "c" * 8
    assert got["traceparent"].startswith(f"00-{span.context.trace_id:032x}-{span.context.span_id:016x}-")
    assert "tenant_id=t1" in got["baggage"]
    assert "usr_" not in got["baggage"]
    assert span.kind is SpanKind.CLIENT
    assert span.attributes is not None
    expected = {
        "http.request.method": "GET", "server.address": "localhost", "server.port": port,
        "http.response.status_code": 200, "tenant_id": "t1",
    }  # fmt: skip
    assert {name: span.attributes[name] for name in expected} == expected
    assert "secret" not in span.to_json()
    assert "/ask" not in span.to_json()
    assert 'http_client_request_duration_seconds_count{http_request_method="GET"' in metrics.text().decode()


def test_a_peer_that_is_named_names_the_span(ask: Ask, port: int, seen: Captured) -> None:
    ask(f"http://127.0.0.1:{port}/", peer="accounts")
    ask(f"http://127.0.0.1:{port}/")
    named, unnamed = seen.spans
    assert (named.name, unnamed.name) == ("GET accounts", "GET")
    assert named.attributes is not None
    assert named.attributes["peer.service"] == "accounts"


def test_an_error_that_is_answered_marks_the_span(ask: Ask, port: int, seen: Captured) -> None:
    ask(f"http://localhost:{port}/none")
    (span,) = seen.spans
    assert span.attributes is not None
    assert (span.status.status_code, span.attributes["error.type"]) == (StatusCode.ERROR, "404")


def test_a_call_without_an_answer_fails_its_span_and_raises(ask: Ask, port: int, seen: Captured) -> None:
    with pytest.raises((httpx.HTTPError, requests.RequestException, aiohttp.ClientError)) as caught:
        ask(f"http://localhost:{port}/cut")
    span = seen.spans[-1]
    assert span.attributes is not None
    assert str(span.attributes["error.type"]).endswith(type(caught.value).__name__)
    assert span.status.status_code is StatusCode.ERROR


def test_nothing_is_told_to_other_peoples_services(ask: Ask, port: int, seen: Captured) -> None:
    with eduscope.bind(tenant_id="t1"):
        got = ask(f"http://localhost:{port}/", propagate=False)
    assert not OURS & set(got)


def test_a_redirect_is_a_call_of_its_own(ask: Ask, port: int, seen: Captured) -> None:
    with eduscope.bind(correlation_id="c" * 8):
        got = ask(f"http://localhost:{port}/to?url=http://127.0.0.1:{port}/there")
    first, second = seen.spans
    assert (first.name, second.name) == ("GET localhost", "GET")
    assert second.context is not None
    assert f"{second.context.span_id:016x}" in got["traceparent"]


def test_ids_go_to_the_hosts_that_may_have_them(ask: Ask, port: int, stopped: None) -> None:
    """Not even the headers of the host before, where a request is redirected."""
    eduscope.init(service="tested", stdout=False, propagate_to=["localhost", "*.school.example"])
    with eduscope.bind(correlation_id="c" * 8):
        allowed = ask(f"http://localhost:{port}/")
        foreign = ask(f"http://127.0.0.1:{port}/")
        redirected = ask(f"http://localhost:{port}/to?url=http://127.0.0.1:{port}/")
    assert set(allowed) >= OURS
    assert not OURS & set(foreign)
    assert not OURS & set(redirected)


def test_without_tracing_the_correlation_still_travels(ask: Ask, port: int) -> None:
    with eduscope.bind(correlation_id="c" * 8):
        got = ask(f"http://localhost:{port}/")
    assert got["x-correlation-id"] == "c" * 8
    assert "traceparent" not in got


def test_a_fault_of_the_observer_does_not_reach_the_call(
    ask: Ask, port: int, seen: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("bug")

    monkeypatch.setattr("eduscope.http.call.span_name", broken)
    monkeypatch.setattr("eduscope.http.call.may_have_ids", broken)
    assert "host" in ask(f"http://localhost:{port}/")


def test_all_sessions_of_requests_can_be_observed(
    port: int, seen: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(requests.Session, "get_adapter", requests.Session.get_adapter)
    eduscope.http.requests.instrument()
    eduscope.http.requests.instrument()
    with eduscope.http.requests.instrument(requests.Session(), peer="accounts") as session:
        session.get(f"http://localhost:{port}/")
    requests.get(f"http://localhost:{port}/", timeout=5)
    assert [span.name for span in seen.spans] == ["GET accounts", "GET localhost"]


def test_a_session_that_is_instrumented_twice_is_observed_once(port: int, seen: Captured) -> None:
    instrument = eduscope.http.requests.instrument
    with instrument(instrument(requests.Session())) as session:
        session.get(f"http://localhost:{port}/")
    assert len(seen.spans) == 1


def test_spans_are_named_by_a_bounded_number_of_hosts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("eduscope.http.call._names", {})
    names = {span_name("GET", f"host-{n}.example") for n in range(20 * HOSTS_MAX)}
    assert len(names) <= 9 * HOSTS_MAX + 1
    assert "GET" in names
    assert span_name("GET", "2001:db8::1") == span_name("GET", "192.0.2.7") == "GET"


@pytest.mark.parametrize(
    ("host", "listed", "may"),
    [
        ("accounts", "accounts,tutor", True),
        ("Accounts", "accounts", True),
        ("accounts.evil.example", "accounts", False),
        ("api.school.example", "*.school.example", True),
        ("school.example", "*.school.example", False),
        ("evilschool.example", "*.school.example", False),
        ("anything", "*", True),
        ("", "accounts", False),
    ],
)
def test_which_hosts_may_have_the_ids(
    monkeypatch: pytest.MonkeyPatch, host: str, listed: str, may: bool
) -> None:
    config = load({"service": "tested", "propagate_to": listed}, environ={})
    monkeypatch.setattr("eduscope.http.call.running_config", lambda: config)
    assert may_have_ids(host) is may
