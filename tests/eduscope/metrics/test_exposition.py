import httpx
from prometheus_client.parser import text_string_to_metric_families

from eduscope import metrics
from eduscope.counters import UNDECLARED_KEYS_MAX, Counters


def samples() -> dict[tuple[str, str], float]:
    """Every sample of the text format, by name and first label."""
    families = text_string_to_metric_families(metrics.text().decode())
    return {(s.name, next(iter(s.labels.values()), "")): s.value for f in families for s in f.samples}


def test_drops_and_undeclared_fields_are_told_by_reason_and_key(fresh_counters: Counters) -> None:
    fresh_counters.drop("queue_full", 3)
    fresh_counters.undeclared_key("nickname")
    fresh_counters.sent(lines=5, size_bytes=100)
    told = samples()
    assert told["eduscope_dropped_lines_total", "queue_full"] == 3
    assert told["eduscope_undeclared_fields_total", "nickname"] == 1
    assert told["eduscope_exported_lines_total", ""] == 5


def test_keys_that_a_host_invents_are_folded(fresh_counters: Counters) -> None:
    for n in range(1_000):
        fresh_counters.undeclared_key(f"key_{n}")
    assert len(fresh_counters.undeclared) == UNDECLARED_KEYS_MAX + 1
    assert fresh_counters.undeclared["(other)"] == 1_000 - UNDECLARED_KEYS_MAX


async def test_metrics_are_served() -> None:
    transport = httpx.ASGITransport(metrics.asgi_app())
    async with httpx.AsyncClient(transport=transport, base_url="http://service") as client:
        answer = await client.get("/metrics")
    assert "eduscope_log_lines_total" in answer.text
    assert "python_info" in answer.text
