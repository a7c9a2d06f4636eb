-- name: table
-- One row is one ExportLogsServiceRequest.
(resource_logs Array(Tuple(
    resource Tuple(attributes ${attributes}),
    scope_logs Array(Tuple(
        log_records Array(Tuple(
            time_unix_nano UInt64,
            observed_time_unix_nano UInt64,
            severity_number Int32,
            body Tuple(
                string_value String,
                bool_value Bool,
                int_value Int64,
                double_value Float64,
                kvlist_value Tuple(values Array(Tuple(key String, value Tuple(string_value String)))),
                value Enum8('none' = 0, 'text' = 1, 'bool' = 2, 'int' = 3, 'double' = 4, 'map' = 6)
            ),
            attributes ${attributes},
            trace_id String,
            span_id String,
            event_name String
        ))
    ))
)))

-- name: records
scope_logs.log_records

-- name: requests
resource_logs

-- name: view
-- Flattens requests into `logs`, and applies the contract on the way, stage by stage from the resource up.
WITH
${functions}
SELECT
    timestamp,
    log_level,
    service_name,
    identifier(sent_correlation_id) AS correlation_id,
    label(toLowCardinality(if(sent_tenant_id != '', sent_tenant_id, resource_tenant_id))) AS tenant_id,
    person(sent_user_id) AS user_id,
    identifier(sent_request_id) AS request_id,
    if(has(keys, 'duration_ms'), numbers[indexOf(keys, 'duration_ms')], NULL) AS duration_ms,
    message,
    environment,
    release,
    trace_id,
    span_id,
    ${kept_columns},
    ${marks} AS marks
FROM (
    SELECT *, if(no_time, now64(6, 'UTC'), moment(time_nanos)) AS timestamp, ${picked_columns}
    FROM (
        SELECT
            service_name, environment, release, resource_tenant_id,
            resource_keys, resource_texts, resource_others, resource_other_routes,
            ${own_columns},
            if(record.time_unix_nano = 0, record.observed_time_unix_nano, record.time_unix_nano) AS time_nanos,
            time_nanos = 0 AS no_time,
            ${log_level} AS log_level,
            multiIf(record.body.value = 'text', record.body.string_value,
                    record.body.value = 'bool', toString(record.body.bool_value),
                    record.body.value = 'int', toString(record.body.int_value),
                    record.body.value = 'double', toString(record.body.double_value),
                    -- Its fields are treated by their classes, by Python.
                    throwIf(record.body.value = 'map', 'needs inspection', toInt32(${needs_inspection_code})) = 1, '',
                    record.event_name) AS message,
            if(length(record.trace_id) = 16, lower(hex(record.trace_id)), '') AS trace_id,
            if(length(record.span_id) = 8, lower(hex(record.span_id)), '') AS span_id
        FROM (
${resource}
        )
    )
)

-- name: log_level
-- OpenTelemetry's severity as the numbers of `log_level`'s words.
CAST(multiIf(record.severity_number >= 21, 5, record.severity_number >= 17, 4, record.severity_number >= 13, 3,
             record.severity_number >= 9, 2, record.severity_number >= 1, 1, 2), 'Int8')

-- name: protobuf
-- The part of OpenTelemetry's logs.proto that is kept; protobuf skips the rest. Field numbers are the standard's.
syntax = "proto3";
message Request { repeated ResourceLogs resource_logs = 1; }
message ResourceLogs { Resource resource = 1; repeated ScopeLogs scope_logs = 2; }
message Resource { repeated KeyValue attributes = 1; }
message ScopeLogs { repeated LogRecord log_records = 2; }
message LogRecord {
  fixed64 time_unix_nano = 1;
  int32 severity_number = 2;
  Body body = 5;
  repeated KeyValue attributes = 6;
  bytes trace_id = 9;
  bytes span_id = 10;
  fixed64 observed_time_unix_nano = 11;
  string event_name = 12;
}
message Body {
  oneof value {
    string string_value = 1;
    bool bool_value = 2;
    int64 int_value = 3;
    double double_value = 4;
    TextMap kvlist_value = 6;
  }
}
${attribute_messages}
