"""The OTLP/HTTP doors: `POST /v1/logs` and `POST /v1/traces`, protobuf and JSON.

Source: OpenTelemetry Protocol 1.x, OTLP/HTTP.
"""

import base64
import binascii
from collections.abc import Callable, Iterator
from itertools import chain
from typing import Any, TypeVar

import msgspec
from google.protobuf import json_format
from google.protobuf.message import DecodeError, Message
from google.rpc.status_pb2 import Status
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from eduscope_server.ingest.density import check_objects, check_requests
from eduscope_server.ingest.division import divided_records
from eduscope_server.ingest.door import Format, Refusal, refused_as_json
from eduscope_server.ingest.errors import Refused
from eduscope_server.ingest.inspection.otlp import log_rows, span_rows
from eduscope_server.ingest.lanes import Block, Signal
from eduscope_server.ingest.second_look import request_texts
from eduscope_server.ingest.surrogates import whole_characters
from eduscope_server.privacy.prose import Desk

M = TypeVar("M", bound=Message)

_GRPC_CODES = {400: 3, 401: 16, 403: 7, 413: 8, 415: 3, 503: 14}
"""HTTP statuses as google.rpc codes: the words OTLP senders read refusals in."""

_decode = msgspec.json.Decoder(dict[str, Any]).decode

_ID_NAMES = ("traceId", "spanId", "parentSpanId")


def _log_rows(body: bytes, tenant_id: str | None, desk: Desk | None = None) -> Iterator[bytes]:
    return log_rows(ExportLogsServiceRequest.FromString(body), tenant_id, desk)


def _span_rows(body: bytes, tenant_id: str | None, desk: Desk | None = None) -> Iterator[bytes]:
    return span_rows(ExportTraceServiceRequest.FromString(body), tenant_id, desk)


LOGS = Signal(
    name="logs",
    plain_inlet="otlp_logs_plain",
    express_inlet="otlp_logs",
    rows_inlet="rows_logs",
    rows=_log_rows,
    divide=divided_records,
    texts=request_texts(ExportLogsServiceRequest),
)
TRACES = Signal(
    name="traces",
    plain_inlet="otlp_spans_plain",
    express_inlet="otlp_spans",
    rows_inlet="rows_spans",
    rows=_span_rows,
    divide=divided_records,
    texts=request_texts(ExportTraceServiceRequest),
)


def formats(request_type: type[M]) -> dict[str, Format]:
    """The content types of one OTLP request type."""
    return {
        "application/x-protobuf": Format(
            content_type="application/x-protobuf",
            check=_check_protobuf(request_type),
            stored=b"",
            refused=_refused_as_status,
        ),
        "application/json": Format(
            content_type="application/json",
            check=_check_json(request_type),
            stored=b"{}",
            refused=refused_as_json,
        ),
    }


def _check_protobuf(request_type: type[M]) -> Callable[[bytes], Block]:
    """Bodies are joined before they are stored, so each is parsed whole first: one that ends in the middle of a
    field would swallow the start of the next. The parser reads 3.6 million records a second."""

    def check(body: bytes) -> Block:
        check_requests(body, request_type.DESCRIPTOR)
        try:
            message = request_type.FromString(body)
        except DecodeError as error:
            raise Refused(
                f"the body is not a protobuf {request_type.DESCRIPTOR.name}",
                hint="send OTLP/HTTP with Content-Type application/x-protobuf, or JSON with application/json",
            ) from error
        return Block(body, _producer(message))

    return check


def _check_json(request_type: type[M]) -> Callable[[bytes], Block]:
    """JSON takes the same way as protobuf, which it is turned into here."""

    def check(body: bytes) -> Block:
        check_objects(body)
        try:
            sent = _decoded(body)
            _ids_as_base64(sent)
            message = json_format.ParseDict(sent, request_type(), ignore_unknown_fields=True)
        except msgspec.DecodeError as error:
            raise Refused(f"the body is not JSON: {error}") from error
        except RecursionError as error:
            raise Refused("the body is nested too deeply") from error
        except (json_format.ParseError, binascii.Error, AttributeError, TypeError, ValueError) as error:
            raise Refused(
                f"the body is not an OTLP/JSON {request_type.DESCRIPTOR.name}",
                hint="ids are hex, 64-bit integers are strings, names are in lowerCamelCase",
            ) from error
        return Block(bytes(message.SerializeToString()), _producer(message))

    return check


def _decoded(body: bytes) -> dict[str, Any]:
    try:
        return _decode(body)
    except msgspec.DecodeError:
        return _decode(whole_characters(body))


def _producer(message: Message) -> str:
    """The service that a request names first."""
    resources = getattr(message, "resource_logs", ()) or getattr(message, "resource_spans", ())
    for resource in resources[:1]:
        for attribute in resource.resource.attributes:
            if attribute.key == "service.name":
                return str(attribute.value.string_value)
    return ""


def _ids_as_base64(sent: dict[str, Any]) -> None:
    """OTLP/JSON writes ids in hex where protobuf's own JSON has base64: turns the one into the other, in place.

    An id that is not hex is left out: the record stays, without it.
    """
    for resource in _items(sent, "resourceLogs", "resourceSpans"):
        for scope in _items(resource, "scopeLogs", "scopeSpans"):
            for record in _items(scope, "logRecords", "spans"):
                _id_fields(record)
                for link in _items(record, "links"):
                    _id_fields(link)


def _items(sent: dict[str, Any], *names: str) -> Iterator[dict[str, Any]]:
    """What stands in lists under these names. In protobuf's JSON null is an empty list."""
    return chain.from_iterable(sent.get(name) or () for name in names)


def _id_fields(record: dict[str, Any]) -> None:
    for name in _ID_NAMES:
        if name in record:
            try:
                record[name] = base64.b64encode(bytes.fromhex(record[name])).decode()
            except (ValueError, TypeError):
                del record[name]


def _refused_as_status(refusal: Refusal) -> bytes:
    """A refusal as the google.rpc.Status that OTLP asks for."""
    message = f"{refusal.message}; {refusal.hint}" if refusal.hint else refusal.message
    return bytes(Status(code=_GRPC_CODES.get(refusal.status, 13), message=message).SerializeToString())


LOG_FORMATS = formats(ExportLogsServiceRequest)
TRACE_FORMATS = formats(ExportTraceServiceRequest)
