-- name: table
-- One row is one ExportTraceServiceRequest.
(resource_spans Array(Tuple(
    resource Tuple(attributes ${attributes}),
    scope_spans Array(Tuple(
        scope Tuple(name String),
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

-- name: view
-- Flattens requests into `spans`, and applies the contract on the way, in stages as for logs.
WITH
${functions}
SELECT
    if(time_nanos = 0, now64(6, 'UTC'), moment(time_nanos)) AS timestamp,
    trace_id,
    span_id,
    parent_span_id,
    name,
    kind,
    service_name,
    label(if(own['tenant_id'] != '', own['tenant_id'], resource_tenant_id)) AS tenant_id,
    environment,
    release,
    identifier(sent_correlation_id) AS correlation_id,
    identifier(sent_request_id) AS request_id,
    person(own['user_id']) AS user_id,
    duration_ms,
    status,
    status_message,
    kept(arrayConcat(resource_kept, arrayFilter(p -> p.1 NOT IN (${columns}), own_texts))) AS attributes,
    measures,
    ${marks} AS marks,
    events,
    links
FROM (
    SELECT *, own['correlation_id'] AS sent_correlation_id, own['request_id'] AS sent_request_id
    FROM (
        SELECT *, CAST(own_texts, 'Map(String, String)') AS own
        FROM (
            SELECT
                service_name, environment, release, resource_tenant_id, resource_kept,
                record.start_time_unix_nano AS time_nanos,
                if(length(record.trace_id) = 16, lower(hex(record.trace_id)), '') AS trace_id,
                if(length(record.span_id) = 8, lower(hex(record.span_id)), '') AS span_id,
                if(length(record.parent_span_id) = 8, lower(hex(record.parent_span_id)), '') AS parent_span_id,
                record.name AS name,
                transform(record.kind, [1, 2, 3, 4, 5],
                          ['internal', 'server', 'client', 'producer', 'consumer'], 'internal') AS kind,
                texts(record.attributes) AS own_texts,
                numbers(record.attributes) AS measures,
                if(record.end_time_unix_nano > record.start_time_unix_nano,
                   (record.end_time_unix_nano - record.start_time_unix_nano) / 1e6, 0) AS duration_ms,
                transform(record.status.code, [1, 2], ['ok', 'error'], 'unset') AS status,
                record.status.message AS status_message,
                arrayMap(e -> (moment(e.time_unix_nano), e.name, kept(texts(e.attributes))), record.events) AS events,
                arrayMap(l -> (lower(hex(l.trace_id)), lower(hex(l.span_id))), record.links) AS links
            FROM (
                SELECT ${resource_columns},
                       arrayJoin(arrayFlatten(arrayMap(s -> s.spans, scope_spans))) AS record
                FROM (
                    SELECT scope_spans, resource_texts, CAST(resource_texts, 'Map(String, String)') AS resource
                    FROM (
                        SELECT resource_span.scope_spans AS scope_spans, texts(resource_span.resource.attributes) AS resource_texts
                        FROM (SELECT arrayJoin(resource_spans) AS resource_span FROM ${table})
                    )
                )
            )
        )
    )
)

-- name: protobuf
-- The part of OpenTelemetry's trace.proto that is kept; protobuf skips the rest. Field numbers are the standard's.
syntax = "proto3";
message Request { repeated ResourceSpans resource_spans = 1; }
message ResourceSpans { Resource resource = 1; repeated ScopeSpans scope_spans = 2; }
message Resource { repeated KeyValue attributes = 1; }
message ScopeSpans { Scope scope = 1; repeated Span spans = 2; }
message Scope { string name = 1; }
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
message Event { fixed64 time_unix_nano = 1; string name = 2; repeated KeyValue attributes = 3; }
message Link { bytes trace_id = 1; bytes span_id = 2; }
message Status { string message = 2; int32 code = 3; }
${attribute_messages}
