import pytest

from eduscope.config import load
from eduscope.http.exchange import ScopedExchange
from eduscope.http.record import Recorder
from eduscope.http.request import read_headers

SECRETS = [
    "authorization", "proxy-authorization", "cookie", "x-api-key", "apikey", "x-auth-token", "x-csrf-token",
    "x-amz-security-token", "x-session-id", "api_key", "password", "client_secret", "code", "sig", "x-goog-signature",
    "otp", "access_token", "jwt", "x-auth", "saml-assertion",
]  # fmt: skip


def recorded(names: list[str], value: bytes = b"kept-value") -> str:
    """What is written of a request that has all of these as headers and as parameters."""
    config = load({"service": "tested", "record_headers": names, "record_query": names}, environ={})
    recorder = Recorder(config)
    scope = {
        "type": "http",
        "headers": [(name.encode(), value) for name in names],
        "query_string": "&".join(f"{name}={value.decode()}" for name in names).encode(),
    }
    exchange = ScopedExchange(scope, "GET", read_headers(scope, recorder.wanted))
    text, attributes = recorder.own(exchange)
    return text + repr(attributes)


@pytest.mark.parametrize("name", SECRETS)
def test_a_secret_is_not_recorded_even_where_it_is_listed(name: str) -> None:
    written = recorded([name])
    assert "kept-value" not in written
    assert "url.query" not in written
    assert "http.request.header" not in written


@pytest.mark.parametrize("name", ["accept-language", "content-type"])
def test_a_header_the_contract_knows_is_written_as_it_is(name: str) -> None:
    assert f'"http.request.header.{name.replace("-", "_")}":"kept-value"' in recorded([name])


def test_a_parameter_the_contract_knows_is_written_as_it_is() -> None:
    assert '"url.query.page":"kept-value"' in recorded(["page"])


@pytest.mark.parametrize("name", ["x-student", "author", "monkey", "x-coder"])
def test_what_nobody_declared_is_a_token(name: str) -> None:
    written = recorded([name])
    assert "kept-value" not in written
    assert written.count("und_") >= 2


def test_what_is_personal_in_a_listed_value_is_taken_out() -> None:
    assert "anna" not in recorded(["accept-language", "sort"], b"anna@school.example")


def test_a_value_without_end_is_cut() -> None:
    assert len(recorded(["accept-language"], b"a" * 50_000)) < 10_000
