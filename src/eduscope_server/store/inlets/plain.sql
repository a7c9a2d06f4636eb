-- name: plain_attributes
-- What nearly every producer sends of an attribute, and no more: kinds left out (booleans, lists, maps) read as 'none'.
-- Keys are plain strings: they are read, looked up and written to maps of plain strings, and asked nothing else.
Array(Tuple(
    key String,
    value Tuple(
        string_value String,
        int_value Int64,
        double_value Float64,
        value Enum8('none' = 0, 'text' = 1, 'int' = 3, 'double' = 4)
    )
))

-- name: plain_functions
${class_of_key} AS plain_class,
-- The way of an attribute as the full inlets have it, where that is to be left out or kept as it came.
((c, t, v) -> multiIf(
    t = 'text' AND c < ${column} AND v != '',
        if(multiIf(c = ${path}, NOT match(v, '${path_odd_form}'),
                   c = ${measure}, match(v, '^(?:${measure_form})$'),
                   match(v, '^(?:${identifier_value_form})$')), ${clear}, ${odd}),
    t = 'text', if(v = '', ${column}, c),
    t != 'none' AND c < ${guarded}, if(c = ${column}, ${column}, ${number}),
    ${undeclared})) AS plain_route

-- name: plain_records
-- The stages that read a resource once, and each record's attributes.
    SELECT
        record, labels, shared, resource_odd,
        record.attributes.key AS keys,
        record.attributes.value.string_value AS texts,
        arrayMap((i, d) -> i + d, record.attributes.value.int_value, record.attributes.value.double_value) AS numbers,
        arrayMap((c, t, v) -> plain_route(c, t, v),
                 arrayMap(k -> plain_class(k), keys), record.attributes.value.value, texts) AS routes
    FROM (
        SELECT
            arrayJoin(arrayFlatten(sent.${records})) AS record,
            sent.resource.attributes.key AS names,
            sent.resource.attributes.value.string_value AS values,
            (values[indexOf(names, ${plain_labels}[1])], values[indexOf(names, ${plain_labels}[2])],
             values[indexOf(names, ${plain_labels}[3])]) AS labels,
            arrayFilter(p -> p.2 != '' AND NOT has(${plain_labels}, p.1), arrayZip(names, values)) AS shared,
            labels.1 = '' OR has(sent.resource.attributes.value.value, 'none')
                OR NOT hasAll(${plain_names}, names) OR hasAny(${measure_names}, shared.1)
                OR arrayExists(v -> NOT match(v, '^(?:${plain_form})?$'), values) AS resource_odd
        FROM (SELECT arrayJoin(${requests}) AS sent FROM ${table})
    )

-- name: plain_columns
-- What a resource and a record's attributes say, as they are stored.
labels.1 AS service_name,
labels.2 AS environment,
labels.3 AS release,
texts[indexOf(keys, 'correlation_id')] AS correlation_id,
texts[indexOf(keys, 'request_id')] AS request_id,
texts[indexOf(keys, 'user_id')] AS user_id,
texts[indexOf(keys, 'tenant_id')] AS tenant_id,
lower(hex(record.trace_id)) AS trace_id,
lower(hex(record.span_id)) AS span_id,
CAST(arrayConcat(shared, arrayFilter((p, r) -> r = ${clear}, arrayZip(keys, texts), routes)),
     'Map(String, String)') AS attributes,
CAST(arrayFilter((p, r) -> r = ${number}, arrayZip(keys, numbers), routes), 'Map(String, Float64)') AS measures

-- name: not_plain
-- What only the full inlets treat.
resource_odd OR arrayMax(routes) >= ${written}
OR timestamp NOT BETWEEN now() - ${off_seconds} AND now() + ${off_seconds}
OR length(record.trace_id) NOT IN (0, 16) OR length(record.span_id) NOT IN (0, 8)
OR NOT match(concat(correlation_id, '\n', request_id, '\n', user_id, '\n', tenant_id),
             '^(${identifier_form})?\n(${identifier_form})?\n(${token_form})?\n${label_form}$')

-- name: plain_messages
-- The part of OpenTelemetry's common.proto that plain records use; protobuf skips the rest.
message Resource { repeated KeyValue attributes = 1; }
message KeyValue { string key = 1; Value value = 2; }
message Value {
  oneof value {
    string string_value = 1;
    int64 int_value = 3;
    double double_value = 4;
  }
}
