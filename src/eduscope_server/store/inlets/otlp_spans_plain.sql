-- name: table
-- One row is one ExportTraceServiceRequest, with what nearly every producer sends and no more.
(resource_spans Array(Tuple(
    resource Tuple(attributes ${plain_attributes}),
    scope_spans Array(Tuple(
        spans Array(Tuple(
            trace_id String,
            span_id String,
            parent_span_id String,
            name String,
            kind Int32,
            start_time_unix_nano UInt64,
            end_time_unix_nano UInt64,
            attributes ${plain_attributes},
            events Array(Tuple(time_unix_nano UInt64)),
            links Array(Tuple(trace_id String)),
            status Tuple(message String, code Int32)
        ))
    ))
)))

-- name: records
scope_spans.spans

-- name: requests
resource_spans

-- name: view
-- Writes what `otlp_spans` would write, for spans whose every field may stay as it is and that have neither events nor
-- links: what `otlp_logs_plain` is for logs.
WITH
${plain_functions}
SELECT
    fromUnixTimestamp64Micro(toInt64(intDiv(record.start_time_unix_nano, 1000)), 'UTC') AS timestamp,
    lower(hex(record.parent_span_id)) AS parent_span_id,
    record.name AS name,
    ${span_kind} AS kind,
    ${span_duration_ms} AS duration_ms,
    ${span_status} AS status,
    record.status.message AS status_message,
    ${plain_columns}
FROM (
${plain_records}
)
WHERE toUInt8(throwIf(
    notEmpty(record.events) OR notEmpty(record.links) OR length(record.parent_span_id) NOT IN (0, 8) OR ${not_plain},
    'not plain', toInt32(${not_plain_code}))) = 0

-- name: protobuf
-- The part of OpenTelemetry's trace.proto that plain spans use, and that they have no events and links.
syntax = "proto3";
${span_messages}
message Event { fixed64 time_unix_nano = 1; }
message Link { bytes trace_id = 1; }
${plain_messages}
