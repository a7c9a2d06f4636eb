-- name: table
-- One row is one ExportLogsServiceRequest, with what nearly every producer sends and no more. What is left out of an
-- attribute's kinds (booleans, lists, maps) reads as 'none'.
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

-- name: plain_attributes
-- Keys as plain strings: they are read, looked up and written to maps of plain strings, and asked nothing else.
Array(Tuple(
    key String,
    value Tuple(
        string_value String,
        int_value Int64,
        double_value Float64,
        value Enum8('none' = 0, 'text' = 1, 'int' = 3, 'double' = 4)
    )
))

-- name: functions
${class_of_key} AS plain_class,
-- The way of an attribute as `otlp_logs` has it, where that is to be left out or kept as it came.
((c, t, v) -> multiIf(
    t = 'text' AND c < ${column} AND v != '',
        if(multiIf(c = ${path}, NOT match(v, '${path_odd_form}'),
                   c = ${measure}, match(v, '^(?:${measure_form})$'),
                   match(v, '^(?:${identifier_value_form})$')), ${clear}, ${odd}),
    t = 'text', if(v = '', ${column}, c),
    t != 'none' AND c < ${guarded}, if(c = ${column}, ${column}, ${number}),
    ${undeclared})) AS plain_route

-- name: view
-- Writes what `otlp_logs` would write, for records whose every field may stay as it is. It plans in a third of the
-- time, because it has no ways for the others: a block with one of those is refused whole, and goes there. Of a
-- resource only declared names are plain, with values that an identifier may have: who asks no more needs no ways.
WITH
${functions}
SELECT
    fromUnixTimestamp64Micro(toInt64(intDiv(record.time_unix_nano, 1000)), 'UTC') AS timestamp,
    ${log_level} AS log_level,
    labels.1 AS service_name,
    labels.2 AS environment,
    labels.3 AS release,
    texts[indexOf(keys, 'correlation_id')] AS correlation_id,
    texts[indexOf(keys, 'request_id')] AS request_id,
    texts[indexOf(keys, 'user_id')] AS user_id,
    texts[indexOf(keys, 'tenant_id')] AS tenant_id,
    if(has(keys, 'duration_ms'), numbers[indexOf(keys, 'duration_ms')], NULL) AS duration_ms,
    record.body.string_value AS message,
    lower(hex(record.trace_id)) AS trace_id,
    lower(hex(record.span_id)) AS span_id,
    CAST(arrayConcat(shared, arrayFilter((p, r) -> r = ${clear}, arrayZip(keys, texts), routes)),
         'Map(String, String)') AS attributes,
    CAST(arrayFilter((p, r) -> r = ${number}, arrayZip(keys, numbers), routes), 'Map(String, Float64)') AS measures
FROM (
    SELECT
        record, labels, shared, resource_odd,
        record.attributes.key AS keys,
        record.attributes.value.string_value AS texts,
        arrayMap((i, d) -> i + d, record.attributes.value.int_value, record.attributes.value.double_value) AS numbers,
        arrayMap((c, t, v) -> plain_route(c, t, v),
                 arrayMap(k -> plain_class(k), keys), record.attributes.value.value, texts) AS routes
    FROM (
        SELECT
            arrayJoin(arrayFlatten(sent.scope_logs.log_records)) AS record,
            sent.resource.attributes.key AS names,
            sent.resource.attributes.value.string_value AS values,
            (values[indexOf(names, ${plain_labels}[1])], values[indexOf(names, ${plain_labels}[2])],
             values[indexOf(names, ${plain_labels}[3])]) AS labels,
            arrayFilter(p -> p.2 != '' AND NOT has(${plain_labels}, p.1), arrayZip(names, values)) AS shared,
            labels.1 = '' OR has(sent.resource.attributes.value.value, 'none')
                OR NOT hasAll(${plain_names}, names) OR hasAny(${measure_names}, shared.1)
                OR arrayExists(v -> NOT match(v, '^(?:${plain_form})?$'), values) AS resource_odd
        FROM (SELECT arrayJoin(resource_logs) AS sent FROM ${table})
    )
)
WHERE toUInt8(throwIf(
    resource_odd OR arrayMax(routes) >= ${written} OR message = ''
    OR timestamp NOT BETWEEN now() - ${off_seconds} AND now() + ${off_seconds}
    OR length(record.trace_id) NOT IN (0, 16) OR length(record.span_id) NOT IN (0, 8)
    OR NOT match(concat(correlation_id, '\n', request_id, '\n', user_id, '\n', tenant_id),
                 '^(${identifier_form})?\n(${identifier_form})?\n(${token_form})?\n${label_form}$'),
    'not plain', toInt32(${not_plain_code}))) = 0

-- name: protobuf
-- The part of OpenTelemetry's logs.proto that plain records use; protobuf skips the rest.
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
}
message Body { string string_value = 1; }
message KeyValue { string key = 1; Value value = 2; }
message Value {
  oneof value {
    string string_value = 1;
    int64 int_value = 3;
    double double_value = 4;
  }
}
