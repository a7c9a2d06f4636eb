"""Fields to search by."""

from collections.abc import Callable
from datetime import UTC, datetime

from eduscope_server.query.facets import read_facets
from eduscope_server.query.fields import LOGS
from eduscope_server.query.question import ask
from eduscope_server.query.scope import EVERY_TENANT, Scope
from eduscope_server.query.times import read_window
from eduscope_server.store import Store

NOON = datetime(2026, 1, 31, 12, tzinfo=UTC)


async def test_fields_come_with_their_frequent_values(
    clean_store: Store, put_logs: Callable[..., None]
) -> None:
    for n in range(6):
        put_logs(
            {
                "timestamp": NOON,
                "log_level": "info" if n else "error",
                "service_name": "courses",
                "tenant_id": f"t{n % 2}",
                "attributes": {"http.route": "/grades", "exception.message": "free text is not listed"},
                "measures": {"http.response.status_code": 200 + n % 2, "ai.latency_ms": n},
            }
        )
    window = read_window("2026-01-31", "2026-02-01", now=NOON)
    facets = await read_facets(clean_store, ask(LOGS, window=window, scope=EVERY_TENANT))
    found = {f.name: [(v.value, v.count) for v in f.values] for f in facets}
    assert found == {
        "log_level": [("info", 5), ("error", 1)],
        "service_name": [("courses", 6)],
        "tenant_id": [("t0", 3), ("t1", 3)],
        "http.route": [("/grades", 6)],
        "http.response.status_code": [("200", 3), ("201", 3)],
        "ai.latency_ms": [],
    }
    route = next(f for f in facets if f.name == "http.route")
    assert (route.field_class, bool(route.description)) == ("path", True)

    mine = await read_facets(clean_store, ask(LOGS, window=window, scope=Scope(("t1",))))
    assert [[v.value for v in f.values] for f in mine if f.name == "tenant_id"] == [["t1"]]
