"""The accounts service, a Flask application on a real PostgreSQL."""

import re
from collections.abc import Iterator

import httpx
import psycopg
import pytest

from edulearn.chaos import Chaos
from edulearn.database.demo import PASSWORD, address_of
from edulearn.services.accounts.app import make_app
from edulearn.services.accounts.sign_in import MOST_WRONG_TRIES
from edulearn.services.caller import Caller
from edulearn.services.serve_wsgi import instrumented_wsgi
from edulearn.settings import Settings
from eduscope.testing import Captured

SCHOOL = "riverside-school"
UNIVERSITY = "northfield-university"


@pytest.fixture
def accounts(settings: Settings) -> Iterator[httpx.Client]:
    """A client of the service as it is served, without the network."""
    app = make_app(settings)
    transport = httpx.WSGITransport(app=instrumented_wsgi(app))
    with httpx.Client(transport=transport, base_url="http://accounts") as client:
        yield client
    app.extensions["edulearn.engine"].dispose()


def sign_in(accounts: httpx.Client, email: str, password: str = PASSWORD) -> httpx.Response:
    """A try to sign in."""
    return accounts.post("/sign-ins", json={"email": email, "password": password})


def as_caller(person: dict[str, str]) -> Caller:
    """The caller that the gateway makes of who signed in."""
    return Caller(person["tenant_id"], person["person_id"], person["role"], person["analytics"])


@pytest.mark.parametrize("role", ["learner", "teacher", "proctor", "admin"])
def test_a_person_signs_in_with_their_address_and_password(accounts: httpx.Client, role: str) -> None:
    answer = sign_in(accounts, address_of(SCHOOL, role))  # type: ignore[arg-type]
    assert answer.status_code == 200
    assert (answer.json()["role"], answer.json()["tenant_id"]) == (role, SCHOOL)


def test_the_address_may_be_written_in_capitals(accounts: httpx.Client) -> None:
    assert sign_in(accounts, " Teacher@Riverside-School.example ").status_code == 200


def test_a_wrong_password_and_an_unknown_address_get_the_same_answer(accounts: httpx.Client) -> None:
    wrong = sign_in(accounts, address_of(UNIVERSITY, "learner", 8), "guess")
    unknown = sign_in(accounts, "nobody@nowhere.example", "guess")
    assert (
        (wrong.status_code, wrong.content) == (unknown.status_code, unknown.content) == (401, wrong.content)
    )


def test_guessing_is_stopped_even_where_the_last_guess_is_right(accounts: httpx.Client) -> None:
    address = address_of(UNIVERSITY, "learner", 7)
    for _ in range(MOST_WRONG_TRIES):
        assert sign_in(accounts, address, "guess").status_code == 401
    assert sign_in(accounts, address).status_code == 429


def test_passwords_are_kept_as_salted_hashes_that_differ(settings: Settings) -> None:
    with psycopg.connect(settings.postgres) as connection:
        hashes = [row[0] for row in connection.execute("SELECT password_hash FROM credentials")]
    assert len(hashes) == len(set(hashes)) == 33
    assert all(re.fullmatch(r"scrypt:32768:8:1\$\w{16}\$[0-9a-f]{128}", value) for value in hashes)


@pytest.mark.parametrize(
    "body", [b"", b"[]", b'{"email":1,"password":"x"}', b'{"email":"' + b"a" * 300 + b'"}']
)
def test_a_body_that_does_not_fit_is_refused_without_being_quoted(
    accounts: httpx.Client, body: bytes
) -> None:
    answer = accounts.post("/sign-ins", content=body)
    assert (answer.status_code, answer.json()) == (422, {"detail": "the body does not fit"})


def test_a_body_of_any_size_is_not_read(accounts: httpx.Client) -> None:
    assert accounts.post("/sign-ins", content=b"x" * 10_000).status_code == 413


def test_for_who_is_under_13_a_guardian_decides(accounts: httpx.Client) -> None:
    child = sign_in(accounts, address_of(SCHOOL, "learner", 2)).json()
    assert child["under_13"]
    assert child["analytics"] != "granted"
    headers = as_caller(child).headers()
    refused = accounts.put("/consents/product_analytics", json={"granted": True}, headers=headers)
    assert refused.status_code == 404


def test_a_learner_decides_and_changes_their_mind(accounts: httpx.Client) -> None:
    caller = as_caller(sign_in(accounts, address_of(UNIVERSITY, "learner", 1)).json())
    for granted, said in ((True, "granted"), (False, "refused")):
        body = {"granted": granted}
        answer = accounts.put("/consents/product_analytics", json=body, headers=caller.headers())
        assert answer.json()["analytics"] == said
    consents = accounts.get("/people/me", headers=caller.headers()).json()["consents"]
    assert {"purpose": "product_analytics", "granted": False, "decided_by": "self"} in consents
    assert accounts.put("/consents/anything", json={"granted": True}).status_code == 404


def test_a_teacher_sees_who_is_in_their_class_and_nobody_else_does(accounts: httpx.Client) -> None:
    teacher = as_caller(sign_in(accounts, address_of(SCHOOL, "teacher")).json())
    classes = accounts.get("/classes", headers=teacher.headers()).json()
    assert [c["members"] for c in classes] == [20, 20, 20]
    path = f"/classes/{classes[0]['class_id']}/members"
    assert len(accounts.get(path, headers=teacher.headers()).json()) == 20
    for other in (address_of(SCHOOL, "learner", 1), address_of(UNIVERSITY, "teacher")):
        caller = as_caller(sign_in(accounts, other).json())
        assert accounts.get(path, headers=caller.headers()).status_code == 404


def test_a_visitor_becomes_a_learner_of_the_school(accounts: httpx.Client) -> None:
    visitor = accounts.post(f"/tenants/{SCHOOL}/visitors").json()
    assert (visitor["role"], visitor["tenant_id"]) == ("learner", SCHOOL)
    assert accounts.post("/tenants/elsewhere/visitors").status_code == 404
    assert len(accounts.get("/tenants").json()) == 3


def test_without_somebody_nothing_is_told(accounts: httpx.Client) -> None:
    assert accounts.get("/people/me").status_code == 401
    assert accounts.get("/classes").status_code == 401


def test_a_sign_in_leaves_a_line_and_spans_under_its_correlation_and_no_address(
    accounts: httpx.Client, seen: Captured
) -> None:
    address = address_of(SCHOOL, "learner", 3)
    answer = accounts.post(
        "/sign-ins",
        json={"email": address, "password": PASSWORD},
        headers={"x-correlation-id": "support-code-3"},
    )
    assert answer.headers["x-correlation-id"] == "support-code-3"
    by_message = {line["message"]: line for line in seen.lines}
    assert (by_message["sign-in"]["outcome"], by_message["sign-in"]["edulearn.role"]) == (
        "succeeded",
        "learner",
    )
    assert by_message["sign-in"]["user_id"].startswith("usr_")
    assert by_message["request handled"]["http.route"] == "/sign-ins"
    assert {line["correlation_id"] for line in seen.lines} == {"support-code-3"}
    assert any(s.attributes and "db.query.text" in s.attributes for s in seen.spans)
    recorded = str(seen.lines) + "".join(span.to_json() for span in seen.spans)
    for secret in (address, PASSWORD, answer.json()["person_id"], answer.json()["display_name"], "scrypt"):
        assert secret not in recorded


def test_an_address_in_a_log_line_is_redacted(
    accounts: httpx.Client, settings: Settings, seen: Captured
) -> None:
    Chaos(settings.data).switch("pii-in-log", on=True)
    address = address_of(SCHOOL, "learner", 4)
    sign_in(accounts, address)
    line = next(line for line in seen.lines if line["message"].startswith("could not greet"))
    assert address not in str(seen.lines)
    assert "7946" not in line["message"]


def test_its_metrics_can_be_read(accounts: httpx.Client) -> None:
    sign_in(accounts, address_of(SCHOOL, "learner", 3))
    assert accounts.get("/healthz").json() == {"status": "ok"}
    assert 'http_route="/sign-ins"' in accounts.get("/metrics").text
