-- name: table
-- One row is one ExportTraceServiceRequest.
(resource_spans Array(Tuple(
    resource Tuple(attributes ${attributes}),
    scope_spans Array(Tuple(
        spans Array(Tuple(
            trace_id String,
            span_id String,
            parent_span_id String,
            name String,
            kind Int32,
            start_time_unix_nano UInt64,
            end_time_unix_nano UInt64,
            attributes ${attributes},
            events Array(Tuple(time_unix_nano UInt64, name String, attributes ${attributes})),
            links Array(Tuple(trace_id String, span_id String)),
            status Tuple(message String, code Int32)
        ))
    ))
)))

-- name: records
scope_spans.spans

-- name: requests
resource_spans

-- name: view
-- Flattens requests into `spans`, and applies the contract on the way, in stages as for logs.
WITH
${functions}
SELECT
    timestamp,
    trace_id,
    span_id,
    parent_span_id,
    name,
    kind,
    service_name,
    label(toLowCardinality(if(sent_tenant_id != '', sent_tenant_id, resource_tenant_id))) AS tenant_id,
    environment,
    release,
    identifier(sent_correlation_id) AS correlation_id,
    identifier(sent_request_id) AS request_id,
    person(sent_user_id) AS user_id,
    duration_ms,
    status,
    status_message,
    ${kept_columns},
    ${marks} AS marks,
    events,
    links
FROM (
    SELECT *, ${picked_columns}
    FROM (
        SELECT
            service_name, environment, release, resource_tenant_id,
            resource_keys, resource_texts, resource_others, resource_other_routes,
            ${own_columns},
            record.start_time_unix_nano = 0 AS no_time,
            if(no_time, now64(6, 'UTC'), moment(record.start_time_unix_nano)) AS timestamp,
            if(length(record.trace_id) = 16, lower(hex(record.trace_id)), '') AS trace_id,
            if(length(record.span_id) = 8, lower(hex(record.span_id)), '') AS span_id,
            if(length(record.parent_span_id) = 8, lower(hex(record.parent_span_id)), '') AS parent_span_id,
            record.name AS name,
            ${span_kind} AS kind,
            ${span_duration_ms} AS duration_ms,
            ${span_status} AS status,
            record.status.message AS status_message,
            arrayMap(e -> (moment(e.time_unix_nano), e.name, mapFilter((k, v) -> v != '', mapFromArrays(
                e.attributes.key,
                arrayMap((r, v) -> policy(r, v),
                    arrayMap((c, t, v) -> route(c, t, v), arrayMap(k -> class(k), e.attributes.key),
                             e.attributes.value.value, e.attributes.value.string_value),
                    arrayMap(x -> text_of(x), e.attributes.value))))), record.events) AS events,
            arrayMap(l -> (lower(hex(l.trace_id)), lower(hex(l.span_id))), record.links) AS links
        FROM (
${resource}
        )
    )
)

-- name: span_kind
transform(record.kind, [2, 3, 4, 5], ['server', 'client', 'producer', 'consumer'], 'internal')

-- name: span_duration_ms
if(record.end_time_unix_nano > record.start_time_unix_nano,
   (record.end_time_unix_nano - record.start_time_unix_nano) / 1e6, 0)

-- name: span_status
transform(record.status.code, [1, 2], ['ok', 'error'], 'unset')

-- name: protobuf
-- The part of OpenTelemetry's trace.proto that is kept; protobuf skips the rest. Field numbers are the standard's.
syntax = "proto3";
message Resource { repeated KeyValue attributes = 1; }
${span_messages}
message Event { fixed64 time_unix_nano = 1; string name = 2; repeated KeyValue attributes = 3; }
message Link { bytes trace_id = 1; bytes span_id = 2; }
${attribute_messages}

-- name: span_messages
message Request { repeated ResourceSpans resource_spans = 1; }
message ResourceSpans { Resource resource = 1; repeated ScopeSpans scope_spans = 2; }
message ScopeSpans { repeated Span spans = 2; }
message Span {
  bytes trace_id = 1;
  bytes span_id = 2;
  bytes parent_span_id = 4;
  string name = 5;
  int32 kind = 6;
  fixed64 start_time_unix_nano = 7;
  fixed64 end_time_unix_nano = 8;
  repeated KeyValue attributes = 9;
  repeated Event events = 11;
  repeated Link links = 13;
  Status status = 15;
}
message Status { string message = 2; int32 code = 3; }
