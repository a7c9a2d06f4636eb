"""One timeline from any id."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest

from eduscope_server.correlation import timeline
from eduscope_server.correlation.timeline import read_timeline
from eduscope_server.query.scope import EVERY_TENANT, Scope
from eduscope_server.store import Store

NOON = datetime(2026, 1, 31, 12, tzinfo=UTC)
Put = Callable[..., None]
CORRELATION, TRACE, REQUEST = "c" * 32, "a" * 32, "request-0001"


def at(seconds: float, service: str, **fields: Any) -> dict[str, Any]:
    """A record of a service, that many seconds after noon."""
    return {
        "timestamp": NOON + timedelta(seconds=seconds),
        "service_name": service,
        "tenant_id": "t1",
        **fields,
    }


@pytest.fixture
def told(put_logs: Put, put_spans: Put) -> None:
    """A click that went from the browser to the model, a day apart from its queue worker."""
    put_spans(
        at(
            0,
            "web",
            correlation_id=CORRELATION,
            trace_id=TRACE,
            name="click",
            kind="client",
            duration_ms=5_000,
        ),
        at(
            1,
            "gateway",
            correlation_id=CORRELATION,
            trace_id=TRACE,
            name="GET /",
            kind="server",
            duration_ms=4_000,
        ),
        at(86_400, "worker", correlation_id=CORRELATION, trace_id="b" * 32, name="job", duration_ms=1),
        at(2, "gateway", correlation_id="d" * 32, trace_id="d" * 32, name="other", duration_ms=1),
    )
    put_logs(
        at(
            3,
            "tutor",
            correlation_id=CORRELATION,
            trace_id=TRACE,
            request_id=REQUEST,
            log_level="info",
            message="m",
        ),
        at(2, "courses", correlation_id=CORRELATION, log_level="error", message="e", tenant_id="t2"),
        at(2, "courses", correlation_id="d" * 32, log_level="error", message="other"),
    )


@pytest.mark.usefixtures("told")
async def test_everything_of_every_kind_comes_in_time_order(clean_store: Store) -> None:
    found = await read_timeline(clean_store, CORRELATION, EVERY_TENANT)
    body = msgspec.json.decode(msgspec.json.encode(found))
    assert [(item["kind"], item["service_name"]) for item in body["items"]] == [
        ("span", "web"),
        ("span", "gateway"),
        ("log", "courses"),
        ("log", "tutor"),
        ("span", "worker"),
    ]
    assert body["matched_as"] == ["correlation_id"]
    assert (body["from"], body["to"]) == ("2026-01-31T12:00:00Z", "2026-02-01T12:00:00.001000Z")
    assert body["services"] == ["web", "gateway", "courses", "tutor", "worker"]
    assert body["trace_ids"] == [TRACE, "b" * 32]
    assert body["truncated"] is False
    assert body["items"][1]["span_kind"] == "server"
    assert body["items"][2]["message"] == "e"


@pytest.mark.usefixtures("told")
async def test_a_trace_or_request_id_leads_there_too(clean_store: Store) -> None:
    by_trace = await read_timeline(clean_store, TRACE, EVERY_TENANT)
    assert (by_trace.matched_as, len(by_trace.items)) == (["trace_id"], 3)
    by_request = await read_timeline(clean_store, REQUEST, EVERY_TENANT)
    assert (by_request.matched_as, by_request.services) == (["request_id"], ["tutor"])
    nothing = await read_timeline(clean_store, "nobody-has-this", EVERY_TENANT)
    assert (nothing.items, nothing.start, nothing.matched_as) == ([], None, [])


@pytest.mark.usefixtures("told")
async def test_other_tenants_records_are_not_on_it(clean_store: Store) -> None:
    found = await read_timeline(clean_store, CORRELATION, Scope(("t1",)))
    assert "courses" not in found.services
    assert len(found.items) == 4


@pytest.mark.usefixtures("told")
async def test_a_long_one_is_shown_from_its_start(
    clean_store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(timeline, "MAX_ITEMS", 3)
    found = await read_timeline(clean_store, CORRELATION, EVERY_TENANT)
    assert found.truncated
    assert [item.service_name for item in found.items] == ["web", "gateway", "courses"]
