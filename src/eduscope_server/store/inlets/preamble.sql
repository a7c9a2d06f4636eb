-- name: attributes
-- The type of an OTLP attribute list. Lists and maps are read one level deep. `value.value` tells which kind was
-- sent (setting `input_format_protobuf_oneof_presence`): cheaper to carry and to ask than three Nullables.
-- Keys are LowCardinality: what is asked of a key is computed once per block and key, not per record.
Array(Tuple(
    key LowCardinality(String),
    value Tuple(
        string_value String,
        bool_value Bool,
        int_value Int64,
        double_value Float64,
        array_value Tuple(values Array(Tuple(string_value String))),
        kvlist_value Tuple(values Array(Tuple(key String, value Tuple(string_value String)))),
        value Enum8('none' = 0, 'text' = 1, 'bool' = 2, 'int' = 3, 'double' = 4, 'list' = 5, 'map' = 6)
    )
))

-- name: functions
-- The contract as named expressions, which every view begins with. The engine analyses an expression anew wherever
-- its name or an argument of it is used, with every insert, at some 0.1 ms per function. So: what is long is used
-- once in a view, and what is used twice is a column of the stage below.

    -- The secret, and how the tokens of a person and of an undeclared text begin. Without it nothing may be stored.
    (SELECT (any(key), concat('usr_', any(id), '_'), concat('und_', any(id), '_'),
             throwIf(count() = 0, 'the token key is missing')) FROM eduscope.token_key) AS token_key,
    -- What stands for a text and can't be read; the same as `eduscope.privacy.tokenize` makes.
    (x -> lower(substring(base32Encode(HMAC('SHA256', x, token_key.1)), 1, 26))) AS digest,
    -- An id of the right shape as it came; any other as a code that can't be read and still joins.
    (x -> if(match(x, '^(${identifier_form})?$'), x, digest(concat('id:', x)))) AS identifier,
    (x -> if(match(x, '^${label_form}$'), x, '[withheld:label]')) AS label,
    (x -> if(match(x, '^(${token_form})?$'), x, concat(token_key.2, digest(concat('usr:', x))))) AS person,

    -- A key's class, by its number in `inlets.py`.
    ${class_of_key} AS class,
    -- The way of an attribute, by its class, kind and text. Nearly all are kept as they came, so only the others
    -- (from ${written} on) are carried through `policy`. Undeclared numbers and booleans are harmless, and kept.
    ((c, t, v) -> multiIf(
        c = ${column} OR t = 'none' OR (t = 'text' AND v = ''), ${column},
        c >= ${guarded}, c,
        t IN ('int', 'double'), ${number},
        t = 'text' AND c = ${identifier}, if(match(v, '^(?:${identifier_value_form})$'), ${clear}, ${odd}),
        t = 'text' AND c = ${measure}, if(match(v, '^(?:${measure_form})$'), ${clear}, ${odd}),
        t = 'text' AND c = ${path}, if(match(v, '${path_odd_form}'), ${odd}, ${clear}),
        t = 'text', c,
        c = ${clear} OR t = 'bool', ${written},
        c < ${column}, ${listed},
        c)) AS route,
    -- An attribute's value as text.
    (x -> multiIf(
        x.value = 'text', x.string_value,
        x.value = 'bool', toString(x.bool_value),
        x.value = 'int', toString(x.int_value),
        x.value = 'double', toString(x.double_value),
        x.value = 'list', arrayStringConcat(x.array_value.values.string_value, ','),
        notEmpty(x.kvlist_value.values), toJSONString(mapFromArrays(
            x.kvlist_value.values.key, x.kvlist_value.values.value.string_value)),
        '')) AS text_of,
    -- What is kept of a text, by the attribute's way. What is odd, Python has to treat: it sees the block next.
    ((r, v) -> multiIf(
        throwIf(r >= ${odd} OR (r = ${listed} AND NOT match(v, '^${identifiers_form}$')),
                'needs inspection', toInt32(${needs_inspection_code})) = 1, '',
        r IN (${clear}, ${number}, ${written}, ${listed}) OR match(v, '^(${token_form})?$'), v,
        r = ${prose}, '[withheld:prose]',
        r = ${secret}, '[withheld:secret]',
        r = ${network}, if(match(v, '${network_form}'), v, '[withheld:network]'),
        r = ${token}, concat(token_key.2, digest(concat('usr:', v))),
        concat(token_key.3, digest(concat('und:', v))))) AS policy,

    -- Unix nanoseconds as a time; clamped to the year 2262, where the column's range ends.
    (t -> fromUnixTimestamp64Micro(toInt64(least(intDiv(t, 1000), 9214646400000000)), 'UTC')) AS moment

-- name: class_of_key
-- First whether the key is declared, as most are: only of the others it is asked whether they are names at all.
(k -> if(transform(k, ${names}, ${classes}, ${undeclared}) != ${undeclared}, transform(k, ${names}, ${classes}, ${undeclared}),
         if(match(k, '^(?:${name_form})$'), ${undeclared}, ${odd_name})))

-- name: resource
-- The stages that read a resource once and give its answers to each of its records.
    SELECT
        toLowCardinality(if(labels[1] = '', 'unknown_service', labels[1])) AS service_name,
        toLowCardinality(if(labels[2] = '', labels[3], labels[2])) AS environment,
        toLowCardinality(labels[4]) AS release,
        labels[5] AS resource_tenant_id,
        arrayFilter((k, r) -> r = ${clear}, keys, routes) AS resource_keys,
        arrayFilter((v, r) -> r = ${clear}, texts, routes) AS resource_texts,
        arrayFilter((a, r) -> r >= ${written}, attributes, routes) AS resource_others,
        arrayFilter(r -> r >= ${written}, routes) AS resource_other_routes,
        arrayJoin(records) AS record
    FROM (
        SELECT
            attributes, keys, texts, records,
            arrayMap(n -> label(texts[indexOf(keys, n)]), ${resource_labels}) AS labels,
            arrayMap((c, t, v) -> route(c, t, v),
                     arrayMap(k -> if(has(${resource_labels}, k), ${column}, class(k)), keys),
                     attributes.value.value, texts) AS routes
        FROM (
            SELECT
                sent.resource.attributes AS attributes,
                sent.resource.attributes.key AS keys,
                sent.resource.attributes.value.string_value AS texts,
                arrayFlatten(sent.${records}) AS records
            FROM (SELECT arrayJoin(${requests}) AS sent FROM ${table})
        )
    )

-- name: own_columns
-- What a record's attributes say, as columns for the stages above.
record.attributes AS own,
record.attributes.key AS keys,
record.attributes.value.string_value AS texts,
arrayMap((i, d) -> i + d, record.attributes.value.int_value, record.attributes.value.double_value) AS numbers,
arrayMap((c, t, v) -> route(c, t, v),
         arrayMap(k -> class(k), record.attributes.key),
         record.attributes.value.value, record.attributes.value.string_value) AS routes

-- name: picked_columns
-- What has a column of its own among a record's attributes, and the few attributes that `policy` must see.
texts[indexOf(keys, 'correlation_id')] AS sent_correlation_id,
texts[indexOf(keys, 'request_id')] AS sent_request_id,
texts[indexOf(keys, 'user_id')] AS sent_user_id,
texts[indexOf(keys, 'tenant_id')] AS sent_tenant_id,
arrayConcat(resource_others, arrayFilter((a, r) -> r >= ${written}, own, routes)) AS others,
arrayConcat(resource_other_routes, arrayFilter(r -> r >= ${written}, routes)) AS other_routes

-- name: kept_columns
-- The attributes as they are stored.
mapFromArrays(
    arrayConcat(resource_keys, arrayFilter((k, r) -> r = ${clear}, keys, routes), others.key),
    arrayConcat(resource_texts, arrayFilter((v, r) -> r = ${clear}, texts, routes),
        arrayMap((r, v) -> policy(r, v), other_routes, arrayMap(x -> text_of(x), others.value)))) AS attributes,
mapFromArrays(arrayFilter((k, r) -> r = ${number}, keys, routes),
              arrayFilter((n, r) -> r = ${number}, numbers, routes)) AS measures

-- name: marks
-- What was odd about a record: nothing is refused for it.
arrayFilter(m -> m != '', [
    multiIf(no_time, 'time_missing',
            timestamp NOT BETWEEN now() - ${off_seconds} AND now() + ${off_seconds}, 'time_off', ''),
    if(correlation_id = sent_correlation_id AND request_id = sent_request_id, '', 'id_replaced')])
