"""The contract holds for every protocol alike: times, ids, and the rule for every class, on the real engine."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from tests.eduscope_server.store.inlet_blocks import INLETS, RING, SPAN, TOKEN, TRACE, block, line, stored
from tests.otlp import NOW, log_request, nanos, span_request

from eduscope_server.store import Store, StoreUnavailable


@pytest.mark.parametrize("inlet", ["otlp_logs", "otlp_spans"])
def test_each_kind_of_attribute_is_kept_as_text_or_number(clean_store: Store, inlet: str) -> None:
    row = stored(
        clean_store,
        inlet,
        block(
            inlet,
            {
                "http.route": "/courses",
                "http.outcome": "",
                "exception.escaped": True,
                "ai.cache": False,
                "http.response.status_code": 200,
                "count": 0,
                "ai.cost": 0.25,
                "gen_ai.response.finish_reasons": ["stop", "length"],
                "error.message": {"code": "E1", "where": "here"},
                "error.type": None,
            },
        ),
    )
    assert row["attributes"] == {
        "http.route": "/courses",
        "exception.escaped": "true",
        "ai.cache": "false",
        "gen_ai.response.finish_reasons": "stop,length",
        "error.message": '{"code":"E1","where":"here"}',
    }
    assert row["measures"] == {"http.response.status_code": 200.0, "count": 0.0, "ai.cost": 0.25}


@pytest.mark.parametrize("inlet", INLETS)
def test_a_duration_may_be_a_whole_number(clean_store: Store, inlet: str) -> None:
    if inlet == "otlp_spans":
        assert stored(clean_store, inlet, span_request())["duration_ms"] == 12.5
        return
    row = stored(clean_store, inlet, block(inlet, {"duration_ms": 12}))
    assert (row["duration_ms"], row["measures"]) == (12.0, {})


@pytest.mark.parametrize("request_of", [log_request, span_request])
def test_a_resource_without_names_falls_back(clean_store: Store, request_of: Any) -> None:
    inlet = "otlp_logs" if request_of is log_request else "otlp_spans"
    old = {"deployment.environment": "staging", "tenant_id": "school-b"}
    row = stored(clean_store, inlet, request_of(resource=old))
    names = (row["service_name"], row["environment"], row["release"], row["tenant_id"])
    assert names == ("unknown_service", "staging", "", "school-b")
    assert row["attributes"] == {}


def test_a_record_without_resource_is_stored(clean_store: Store) -> None:
    assert stored(clean_store, "otlp_logs", log_request(resource={}))["service_name"] == "unknown_service"
    clean_store.command("TRUNCATE TABLE eduscope.logs")
    assert stored(clean_store, "ndjson", b'{"message":"alone"}\n')["service_name"] == "unknown_service"


@pytest.mark.parametrize(
    ("inlet", "request_"),
    [
        ("otlp_logs", log_request(time_unix_nano=0)),
        ("otlp_spans", span_request(start_time_unix_nano=0, end_time_unix_nano=0)),
        ("ndjson", line(timestamp="yesterday, about noon")),
        ("ndjson", line(timestamp="")),
    ],
)
def test_a_missing_time_becomes_now_and_is_marked(clean_store: Store, inlet: str, request_: bytes) -> None:
    row = stored(clean_store, inlet, request_)
    assert abs(row["timestamp"] - datetime.now(UTC)) < timedelta(seconds=10)
    assert row["marks"] == ["time_missing"]


@pytest.mark.parametrize("off", [timedelta(days=-400), timedelta(hours=-25), timedelta(hours=25)])
@pytest.mark.parametrize("inlet", INLETS)
def test_a_time_far_off_is_kept_and_marked(clean_store: Store, inlet: str, off: timedelta) -> None:
    then = NOW + off
    match inlet:
        case "otlp_logs":
            request = log_request(time_unix_nano=nanos(then))
        case "otlp_spans":
            request = span_request(start_time_unix_nano=nanos(then), end_time_unix_nano=nanos(then))
        case _:
            request = line(timestamp=then.isoformat())
    row = stored(clean_store, inlet, request)
    assert (row["timestamp"], row["marks"]) == (then, ["time_off"])


@pytest.mark.parametrize("name", ["correlation_id", "request_id"])
@pytest.mark.parametrize("bad", ["short", "amy@example.org says hi", "x" * 65])
@pytest.mark.parametrize("inlet", INLETS)
def test_an_id_of_the_wrong_shape_is_replaced_by_one_that_joins(
    clean_store: Store, inlet: str, name: str, bad: str
) -> None:
    row = stored(clean_store, inlet, block(inlet, {name: bad}))
    assert row[name] == RING.token(bad, "id").removeprefix("id_k1_")
    assert row["marks"] == ["id_replaced"]
    assert bad not in str(row)


@pytest.mark.parametrize("inlet", INLETS)
def test_a_label_of_the_wrong_shape_is_withheld(clean_store: Store, inlet: str) -> None:
    row = stored(clean_store, inlet, block(inlet, {"tenant_id": "a 'school' of <many>"}))
    assert row["tenant_id"] == "[withheld:label]"


@pytest.mark.parametrize("inlet", INLETS)
def test_a_person_becomes_the_token_that_the_library_makes(clean_store: Store, inlet: str) -> None:
    assert stored(clean_store, inlet, block(inlet, {"user_id": "amy"}))["user_id"] == RING.token("amy", "usr")


@pytest.mark.parametrize("inlet", INLETS)
def test_each_class_decides_what_is_kept_of_a_text(clean_store: Store, inlet: str) -> None:
    row = stored(
        clean_store,
        inlet,
        block(
            inlet,
            {
                "http.route": "/courses/{id}",
                "exception.message": "no such quiz",
                "user.id": "amy",
                "user.email": TOKEN,
                "gen_ai.prompt": "I feel sad",
                "password": "hunter2",
                "client.address": "203.0.113.9",
                "network.peer.address": "203.0.113.hqwert",
                "net.peer.ip": "2001:db8:85a3:hq3m5z7aa",
                "favourite.colour": "green",
                "favourite.person": TOKEN,
            },
        ),
    )
    assert row["attributes"] == {
        "http.route": "/courses/{id}",
        "exception.message": "no such quiz",
        "user.id": RING.token("amy", "usr"),
        "user.email": TOKEN,
        "gen_ai.prompt": "[withheld:prose]",
        "password": "[withheld:secret]",
        "client.address": "[withheld:network]",
        "network.peer.address": "203.0.113.hqwert",
        "net.peer.ip": "2001:db8:85a3:hq3m5z7aa",
        "favourite.colour": RING.token("green", "und"),
        "favourite.person": TOKEN,
    }


@pytest.mark.parametrize("inlet", INLETS)
def test_a_number_does_not_slip_past_its_class(clean_store: Store, inlet: str) -> None:
    row = stored(
        clean_store, inlet, block(inlet, {"student_id": 1234567, "password": 1234, "shoes": 44, "wet": True})
    )
    assert row["attributes"] == {
        "student_id": RING.token("1234567", "usr"),
        "password": "[withheld:secret]",
        "wet": "true",
    }
    assert row["measures"] == {"shoes": 44.0}


@pytest.mark.parametrize("request_of", [log_request, span_request])
def test_trace_ids_of_the_wrong_length_are_absent(clean_store: Store, request_of: Any) -> None:
    inlet = "otlp_logs" if request_of is log_request else "otlp_spans"
    row = stored(clean_store, inlet, request_of(trace_id=TRACE[:-1], span_id=SPAN + b"x"))
    assert (row["trace_id"], row["span_id"]) == ("", "")


@pytest.mark.parametrize("inlet", INLETS)
def test_joined_requests_are_all_stored(clean_store: Store, inlet: str) -> None:
    names = ["first-request", "second-request", "third-request"]
    clean_store.insert(inlet, b"".join(block(inlet, {"request_id": name}) for name in names))
    table = "spans" if inlet == "otlp_spans" else "logs"
    rows = clean_store.select(f"SELECT request_id FROM eduscope.{table} ORDER BY request_id")
    assert [row["request_id"] for row in rows] == names


@pytest.mark.parametrize("inlet", INLETS)
def test_without_the_token_key_nothing_is_stored_until_it_is_back(clean_store: Store, inlet: str) -> None:
    clean_store.command("TRUNCATE TABLE eduscope.token_key")
    request = block(inlet, {"favourite.colour": "green"})
    with pytest.raises(StoreUnavailable):
        clean_store.insert(inlet, request)
    table = "spans" if inlet == "otlp_spans" else "logs"
    assert clean_store.select(f"SELECT count() AS n FROM eduscope.{table}") == [{"n": 0}]
    # The failed insert has filled the key in again, as after a restart of a server.
    assert stored(clean_store, inlet, request)["attributes"] == {
        "favourite.colour": RING.token("green", "und")
    }


def test_inlets_are_named_after_their_content(store: Store) -> None:
    for name in INLETS:
        table = store.inlets[name].table
        assert table.startswith(f"eduscope.{name}_")
        (view,) = store.select(
            "SELECT as_select FROM system.tables WHERE database = 'eduscope' AND name = {name:String}",
            {"name": table.removeprefix("eduscope.") + "_view"},
        )
        assert (b"0" * 32).decode() not in view["as_select"]
