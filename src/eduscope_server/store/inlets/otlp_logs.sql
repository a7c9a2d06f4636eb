-- name: table
-- One row is one ExportLogsServiceRequest.
(resource_logs Array(Tuple(
    resource Tuple(attributes ${attributes}),
    scope_logs Array(Tuple(
        scope Tuple(name String),
        log_records Array(Tuple(
            time_unix_nano UInt64,
            observed_time_unix_nano UInt64,
            severity_number Int32,
            body Tuple(
                string_value String,
                bool_value Nullable(Bool),
                int_value Nullable(Int64),
                double_value Nullable(Float64),
                kvlist_value Tuple(values Array(Tuple(key String, value Tuple(string_value String))))
            ),
            attributes ${attributes},
            trace_id String,
            span_id String,
            event_name String
        ))
    ))
)))

-- name: view
-- Flattens requests into `logs`, and applies the contract on the way. In stages: an alias used twice would be
-- analysed twice with every insert, a stage's column is not.
WITH
${functions}
SELECT
    if(time_nanos = 0, now64(6, 'UTC'), moment(time_nanos)) AS timestamp,
    multiIf(severity >= 21, 'critical', severity >= 17, 'error', severity >= 13, 'warning', severity >= 9, 'info',
            severity >= 1, 'debug', 'info') AS log_level,
    service_name,
    identifier(sent_correlation_id) AS correlation_id,
    label(if(own['tenant_id'] != '', own['tenant_id'], resource_tenant_id)) AS tenant_id,
    person(own['user_id']) AS user_id,
    identifier(sent_request_id) AS request_id,
    coalesce(duration.double_value, toFloat64(duration.int_value)) AS duration_ms,
    message,
    environment,
    release,
    trace_id,
    span_id,
    kept(arrayConcat(resource_kept, arrayFilter(p -> p.1 NOT IN (${columns}), own_texts))) AS attributes,
    measures,
    ${marks} AS marks
FROM (
    SELECT *, own['correlation_id'] AS sent_correlation_id, own['request_id'] AS sent_request_id
    FROM (
        SELECT *, CAST(own_texts, 'Map(String, String)') AS own
        FROM (
            SELECT
                service_name, environment, release, resource_tenant_id, resource_kept,
                if(record.time_unix_nano = 0, record.observed_time_unix_nano, record.time_unix_nano) AS time_nanos,
                record.severity_number AS severity,
                arrayFirst(a -> a.key = 'duration_ms', record.attributes).value AS duration,
                texts(record.attributes) AS own_texts,
                numbers(record.attributes) AS measures,
                multiIf(record.body.string_value != '', record.body.string_value,
                        notEmpty(record.body.kvlist_value.values), toJSONString(CAST(
                            arrayMap(i -> (i.key, i.value.string_value), record.body.kvlist_value.values),
                            'Map(String, String)')),
                        isNotNull(record.body.int_value), toString(assumeNotNull(record.body.int_value)),
                        isNotNull(record.body.double_value), toString(assumeNotNull(record.body.double_value)),
                        isNotNull(record.body.bool_value), toString(assumeNotNull(record.body.bool_value)),
                        record.event_name) AS message,
                if(length(record.trace_id) = 16, lower(hex(record.trace_id)), '') AS trace_id,
                if(length(record.span_id) = 8, lower(hex(record.span_id)), '') AS span_id
            FROM (
                SELECT ${resource_columns},
                       arrayJoin(arrayFlatten(arrayMap(s -> s.log_records, scope_logs))) AS record
                FROM (
                    SELECT scope_logs, resource_texts, CAST(resource_texts, 'Map(String, String)') AS resource
                    FROM (
                        SELECT resource_log.scope_logs AS scope_logs, texts(resource_log.resource.attributes) AS resource_texts
                        FROM (SELECT arrayJoin(resource_logs) AS resource_log FROM ${table})
                    )
                )
            )
        )
    )
)

-- name: protobuf
-- The part of OpenTelemetry's logs.proto that is kept; protobuf skips the rest. Field numbers are the standard's.
syntax = "proto3";
message Request { repeated ResourceLogs resource_logs = 1; }
message ResourceLogs { Resource resource = 1; repeated ScopeLogs scope_logs = 2; }
message Resource { repeated KeyValue attributes = 1; }
message ScopeLogs { Scope scope = 1; repeated LogRecord log_records = 2; }
message Scope { string name = 1; }
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
