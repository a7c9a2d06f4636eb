-- name: table
-- One row is one ExportLogsServiceRequest, with what nearly every producer sends and no more.
(resource_logs Array(Tuple(
    resource Tuple(attributes ${plain_attributes}),
    scope_logs Array(Tuple(
        log_records Array(Tuple(
            time_unix_nano UInt64,
            severity_number Int32,
            body Tuple(string_value String),
            attributes ${plain_attributes},
            trace_id String,
            span_id String
        ))
    ))
)))

-- name: records
scope_logs.log_records

-- name: requests
resource_logs

-- name: view
-- Writes what `otlp_logs` would write, for records whose every field may stay as it is. It plans in a third of the
-- time, because it has no ways for the others: a block with one of those is refused whole, and goes there. Of a
-- resource only declared names are plain, with values that an identifier may have: who asks no more needs no ways.
WITH
${plain_functions}
SELECT
    fromUnixTimestamp64Micro(toInt64(intDiv(record.time_unix_nano, 1000)), 'UTC') AS timestamp,
    ${log_level} AS log_level,
    if(has(keys, 'duration_ms'), numbers[indexOf(keys, 'duration_ms')], NULL) AS duration_ms,
    record.body.string_value AS message,
    ${plain_columns}
FROM (
${plain_records}
)
WHERE toUInt8(throwIf(message = '' OR ${not_plain}, 'not plain', toInt32(${not_plain_code}))) = 0

-- name: protobuf
-- The part of OpenTelemetry's logs.proto that plain records use; protobuf skips the rest.
syntax = "proto3";
message Request { repeated ResourceLogs resource_logs = 1; }
message ResourceLogs { Resource resource = 1; repeated ScopeLogs scope_logs = 2; }
message ScopeLogs { repeated LogRecord log_records = 2; }
message LogRecord {
  fixed64 time_unix_nano = 1;
  int32 severity_number = 2;
  Body body = 5;
  repeated KeyValue attributes = 6;
  bytes trace_id = 9;
  bytes span_id = 10;
}
message Body { string string_value = 1; }
${plain_messages}
