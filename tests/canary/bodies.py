"""Bodies for every door, with one kind of value in every place where a producer could put it."""

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

import msgspec
from google.protobuf.json_format import MessageToDict
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.common.v1.common_pb2 import InstrumentationScope
from tests.canary.identities import Identity, Value
from tests.otlp import any_value, log_request, pairs, span_request

PROTOBUF, JSON, NDJSON = "application/x-protobuf", "application/json", "application/x-ndjson"


def attributes(value: Value) -> dict[str, Any]:
    """Fields with the value in them: of every class, undeclared, nested, and as a field's own name."""
    bare, said = value.value, value.said
    fields: dict[str, Any] = {
        "user.id": bare,
        "user.full_name": bare,
        "user.email": bare,
        "enduser.id": bare,
        "student_id": bare,
        "password": bare,
        "http.request.header.authorization": f"Bearer {bare}",
        "client.address": bare,
        "gen_ai.prompt": f"I am {bare}, and {said}",
        "gen_ai.input.messages": [{"role": "user", "parts": [{"content": bare}]}],
        "feedback.text": said,
        "colour.of.the.day": bare,
        "note": said,
        "seen": [bare, {"by": bare}, [bare]],
        "form": {"field": bare, "more": {"inside": said, "list": [bare]}},
        "http.response.status_code": bare,
        bare: "the name of this field",
        f"{bare} ": 3,
        f"seen by {bare}": True,
    }
    if value.is_findable:
        fields |= {
            "outcome": said,
            "exception.message": f"ValueError: {said}",
            "exception.stacktrace": f"File app.py, line 3\n  {said}",
            "db.query.text": f"SELECT 1 /* {said} */",
            "reason": {"said": said},
            "action": [said],
        }
    if value.is_telling:
        fields |= {
            "http.route": f"/people/{bare}",
            "url.path": f"/people/{bare}/grades",
            "url.full": f"https://edulearn.example/{bare}?next={bare}#{bare}",
            "course.id": bare,
            "error.type": bare,
            "user_agent.original": f"client/{bare}",
        }
    if " " in bare:
        fields["exam.id"] = bare  # no id has a space
    return fields


def ids(value: Value) -> dict[str, Any]:
    """The fields that say whose record it is."""
    kept = {"user_id": value.value}
    if value.is_telling or " " in value.value:
        kept |= {"correlation_id": value.value, "request_id": value.value}
    if value.is_telling:
        kept["tenant_id"] = value.value
    return kept


def resource(value: Value) -> dict[str, Any]:
    """What a producer says of itself."""
    said = {
        "service.name": "canary",
        "colour": value.value,
        value.value: "a resource's field",
        "host.ip": value.value,
    }
    return said | (
        {"service.version": value.value, "deployment.environment": value.value} if value.is_telling else {}
    )


def _bodies(value: Value) -> Iterator[Any]:
    """What a log record's body may be."""
    inside = {"user.full_name": value.value, "content": value.value, "gen_ai.prompt": value.said}
    yield "said"
    yield inside
    yield inside | {"more": inside, "list": [inside, value.value]}
    yield [inside, {"content": value.value}]
    if value.is_findable:
        yield value.said
        yield [value.said, 3]


def logs(values: Sequence[Value]) -> tuple[bytes, int]:
    """An OTLP logs request, and how many records it has."""
    request = ExportLogsServiceRequest()
    count = 0
    for value in values:
        sent = request.resource_logs.add(schema_url=f"https://{value.value}/")
        sent.resource.attributes.extend(pairs(resource(value)))
        scope = sent.scope_logs.add(scope=_scope(value), schema_url=value.value)
        for body in _bodies(value):
            count += 1
            record = scope.log_records.add(
                time_unix_nano=time.time_ns(),
                severity_number=9,
                severity_text=value.value,
                body=any_value(body),
                event_name=value.said if value.is_findable else "",
            )
            record.attributes.extend(pairs(attributes(value) | ids(value)))
        quiet = scope.log_records.add(time_unix_nano=time.time_ns(), body=any_value("quiet"))
        quiet.attributes.extend(
            pairs(ids(value) | {f"{value.value}!": 1})
        )  # all that is odd is a number's name
    return request.SerializeToString(), count + len(values)


def spans(values: Sequence[Value]) -> tuple[bytes, int]:
    """An OTLP traces request, and how many spans it has."""
    request = ExportTraceServiceRequest()
    for value in values:
        sent = request.resource_spans.add()
        sent.resource.attributes.extend(pairs(resource(value)))
        said = value.said if value.is_findable else "said"
        now = time.time_ns()
        span = sent.scope_spans.add(scope=_scope(value)).spans.add(
            name=said,
            kind=2,
            start_time_unix_nano=now,
            end_time_unix_nano=now + 10**6,
            trace_state=f"k={value.value}",
        )
        span.trace_id, span.span_id = bytes(range(16)), bytes(range(8))
        span.status.message, span.status.code = said, 2  # type: ignore[assignment]  # an enum's number
        given = pairs(attributes(value))
        span.attributes.extend(given + pairs(ids(value)))
        span.events.add(name=said, time_unix_nano=now).attributes.extend(given)
        span.events.add(name="quiet", time_unix_nano=now).attributes.extend(
            pairs({value.value: 3, f"{value.value}?": "x"})
        )
        span.links.add(
            trace_id=bytes(range(16)), span_id=bytes(range(8)), trace_state=value.value
        ).attributes.extend(given)
    return request.SerializeToString(), len(values)


def lines(values: Sequence[Value]) -> tuple[bytes, int]:
    """Log lines, and how many."""
    made = [line for value in values for line in _lines(value)]
    return b"".join(msgspec.json.encode(line) + b"\n" for line in made), len(made)


def _lines(value: Value) -> Iterable[dict[str, Any]]:
    bare = value.value
    usual = {
        "timestamp": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        "log_level": "info",
        "service_name": "canary",
    }
    yield usual | attributes(value) | ids(value) | {"message": value.said if value.is_findable else "said"}
    yield (
        usual
        | ids(value)
        | {"message": "odd", "log_level": bare, "timestamp": bare, "trace_id": bare, "span_id": bare}
    )
    yield usual | {"message": "quiet", "user_id": bare, f"{bare} ": 1, f"{bare}!": True}
    yield usual | {
        "message": {"content": bare, "more": [{"gen_ai.prompt": value.said}]},
        "user_id": {"name": bare},
    }
    yield usual | {"message": "a boolean", "duration_ms": bare, f"{bare}|": None, f"{bare}:": {bare: bare}}


def _scope(value: Value) -> InstrumentationScope:
    return InstrumentationScope(name=value.value, version=value.value, attributes=pairs({"who": value.value}))


def _as_json(
    make: Callable[[Sequence[Value]], tuple[bytes, int]], type_: Any
) -> Callable[[Sequence[Value]], tuple[bytes, int]]:
    def made(values: Sequence[Value]) -> tuple[bytes, int]:
        body, count = make(values)
        sent = MessageToDict(type_.FromString(body), use_integers_for_enums=True)
        for scope in (s for r in sent.get("resourceSpans", ()) for s in r["scopeSpans"]):
            for span in scope["spans"]:
                for holder in (span, *span.get("links", ())):
                    holder |= {"traceId": "ab" * 16, "spanId": "cd" * 8}
        return msgspec.json.encode(sent), count

    return made


PLACES_EACH = 3


def in_short(people: Sequence[Identity], turn: int) -> tuple[str, str, bytes]:
    """Path, content type and a body with one record for each of many people: all of a person, in some places each."""
    made = [_short(identity, turn + number) for number, identity in enumerate(people)]
    if turn % 3 == 0:
        return (
            "/v1/logs",
            PROTOBUF,
            b"".join(log_request(fields, body=any_value(said)) for fields, said in made),
        )
    if turn % 3 == 1:
        return "/v1/traces", PROTOBUF, b"".join(span_request(fields, name=said) for fields, said in made)
    usual = {"timestamp": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()), "service_name": "canary"}
    return (
        "/v1/ndjson",
        NDJSON,
        b"".join(msgspec.json.encode(usual | f | {"message": s}) + b"\n" for f, s in made),
    )


def _short(identity: Identity, turn: int) -> tuple[dict[str, Any], str]:
    fields: dict[str, Any] = {}
    for number, value in enumerate(identity):
        places = list((attributes(value) | ids(value)).items())
        for place in range(PLACES_EACH):
            key, held = places[(turn + number * 7 + place * 11) % len(places)]
            fields.setdefault(key, held)
    return fields, " and ".join(value.said for value in identity if value.is_findable) if turn % 2 else "said"


DOORS = (
    ("/v1/logs", PROTOBUF, logs),
    ("/v1/logs", JSON, _as_json(logs, ExportLogsServiceRequest)),
    ("/v1/traces", PROTOBUF, spans),
    ("/v1/traces", JSON, _as_json(spans, ExportTraceServiceRequest)),
    ("/v1/ndjson", NDJSON, lines),
)
"""Path, content type, and what makes a body."""
