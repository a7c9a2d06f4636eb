import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.common.v1.common_pb2 import AnyValue, KeyValue
from tests.eduscope_server.conftest import Rows
from tests.eduscope_server.privacy.conftest import log, span

from eduscope_server.ingest.inspection.ndjson import line_rows
from eduscope_server.ingest.inspection.otlp import log_rows
from eduscope_server.privacy.retention import Under13Retention
from eduscope_server.state import State
from eduscope_server.store import Store

CHILD = {"edulearn.under_13": "true"}
LINE = {"log_level": "info", "service_name": "courses", "tenant_id": "school-a", "message": "said"}


@pytest.fixture
async def retention(clean_store: Store, state: State) -> AsyncIterator[Under13Retention]:
    clean_store.command("TRUNCATE TABLE eduscope.prose")
    made = Under13Retention(state, clean_store)
    yield made
    await made.stop()


def ago(days: int) -> str:
    return (datetime.now(UTC) - timedelta(days=days)).isoformat()


def kept(store: Store, table: str = "logs") -> list[str]:
    rows = store.select(f"SELECT * FROM eduscope.{table} ORDER BY received_at, tenant_id")
    return [row["tenant_id"] for row in rows]


def classes(store: Store) -> list[str]:
    rows = store.select("SELECT retention FROM eduscope.logs ORDER BY retention")
    return [row["retention"] for row in rows]


@pytest.mark.parametrize("flag", [True, "true"])
def test_both_lanes_of_lines_know_a_child(clean_store: Store, flag: Any) -> None:
    lines: list[dict[str, Any]] = [
        LINE | {"edulearn.under_13": flag},
        LINE | {"edulearn.under_13": False},
        LINE,
    ]
    clean_store.insert("ndjson", b"".join(json.dumps(line).encode() + b"\n" for line in lines))
    clean_store.insert("rows_logs", b"\n".join(line_rows(lines, None)))
    assert classes(clean_store) == ["standard"] * 4 + ["under13"] * 2


def test_both_lanes_of_otlp_know_a_child(clean_store: Store) -> None:
    request = ExportLogsServiceRequest()
    record = request.resource_logs.add().scope_logs.add().log_records.add()
    record.body.string_value = "said"
    record.attributes.append(KeyValue(key="edulearn.under_13", value=AnyValue(bool_value=True)))
    clean_store.insert("otlp_logs", request.SerializeToString())
    clean_store.insert("rows_logs", b"\n".join(log_rows(request, None)))
    assert classes(clean_store) == ["under13"] * 2


async def test_records_of_children_end_after_the_days_and_others_stay(
    retention: Under13Retention, clean_store: Store, put_logs: Rows, put_spans: Rows
) -> None:
    put_logs(*(log(attributes=CHILD, received_at=ago(days), tenant_id=f"{days}") for days in (29, 33, 90)))
    put_logs(log(received_at=ago(90), tenant_id="grown-up"))
    put_spans(span(attributes=CHILD, received_at=ago(90)), span(received_at=ago(90), tenant_id="grown-up"))
    assert await retention.work() == 3
    assert kept(clean_store) == ["grown-up", "29"]
    assert kept(clean_store, "spans") == ["grown-up"]
    assert await retention.work() == 0


async def test_a_tenant_has_days_of_its_own(
    retention: Under13Retention, clean_store: Store, state: State, put_logs: Rows
) -> None:
    await retention.set_days("short", 5, reason="a contract says so", by="officer")
    await retention.set_days("long", 60, reason="a court says so", by="officer")
    tenants = ("short", "long", "silent")
    put_logs(
        *(log(attributes=CHILD, received_at=ago(days), tenant_id=t) for days in (8, 40, 90) for t in tenants)
    )
    assert await retention.work() == 6
    assert sorted(kept(clean_store)) == ["long", "long", "silent"]
    rows = clean_store.select("SELECT count() AS n FROM eduscope.logs", settings={"apply_deleted_mask": 0})
    assert rows == [{"n": 3}], "the rows are still on the disk"
    assert await retention.days() == {"long": 60, "short": 5}
    (first, _) = await state.fetch("SELECT who, what, tenant_id FROM access_log ORDER BY entry_id")
    assert first == {"who": "officer", "what": "5 days", "tenant_id": "short"}


async def test_prose_of_children_ends_too(retention: Under13Retention, clean_store: Store) -> None:
    Rows(clean_store, "prose")(
        {"id": "1", "tenant_id": "school-a", "retention": "under13", "received_at": ago(90)},
        {"id": "2", "tenant_id": "grown-up", "retention": "standard", "received_at": ago(90)},
    )
    assert await retention.work() == 1
    assert kept(clean_store, "prose") == ["grown-up"]
