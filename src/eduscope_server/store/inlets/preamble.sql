-- name: attributes
-- The type of an OTLP attribute list. Lists and maps are read one level deep.
Array(Tuple(
    key String,
    value Tuple(
        string_value String,
        bool_value Nullable(Bool),
        int_value Nullable(Int64),
        double_value Nullable(Float64),
        array_value Tuple(values Array(Tuple(string_value String))),
        kvlist_value Tuple(values Array(Tuple(key String, value Tuple(string_value String))))
    )
))

-- name: functions
-- The contract as named expressions, which every view begins with.
    (SELECT groupArray((id, key)) FROM eduscope.token_key)[1] AS token_key,
    -- The part of a token that stands for a text. Without a key nothing may be stored: the insert fails.
    (x -> lower(substring(base32Encode(HMAC('SHA256', x,
        if(throwIf(token_key.2 = '', 'the token key is missing') = 0, token_key.2, ''))), 1, 26))) AS digest,
    (x -> match(x, '^[a-z]{2,8}_[a-z0-9]{1,8}_[a-z2-7]{26}$')) AS is_token,
    -- An id of the right shape as it came; any other as a code that can't be read and still joins.
    (x -> if(x = '' OR match(x, '^[A-Za-z0-9._-]{8,64}$'), x, digest(x))) AS identifier,
    (x -> if(match(x, '^[A-Za-z0-9._:/@+ -]{0,128}$'), x, '[withheld:label]')) AS label,
    (x -> if(x = '' OR is_token(x), x, concat('usr_', token_key.1, '_', digest(x)))) AS person,
    -- What is kept of an attribute's text, by its class.
    ((k, v) -> multiIf(
        k IN (${clear}), v,
        is_token(v), v,
        k IN (${prose}), '[withheld:prose]',
        k IN (${secret}), '[withheld:secret]',
        k IN (${network}), if(match(v, '${network_form}'), v, '[withheld:network]'),
        k IN (${token}), concat('usr_', token_key.1, '_', digest(v)),
        concat('und_', token_key.1, '_', digest(v)))) AS policy,
    -- Unix nanoseconds as a time; clamped to the year 2262, where the column's range ends.
    (t -> fromUnixTimestamp64Micro(toInt64(least(intDiv(t, 1000), 9214646400000000)), 'UTC')) AS moment,
    (t -> abs(dateDiff('second', t, now64(6, 'UTC'))) > ${off_seconds}) AS is_off,
    -- The strings, booleans, lists and maps of an OTLP attribute list as (key, text); empty ones are left out.
    (l -> arrayFilter(p -> p.2 != '', arrayMap(a -> (a.key, multiIf(
        a.value.string_value != '', a.value.string_value,
        isNotNull(a.value.bool_value), if(assumeNotNull(a.value.bool_value), 'true', 'false'),
        notEmpty(a.value.array_value.values),
            arrayStringConcat(arrayMap(i -> i.string_value, a.value.array_value.values), ','),
        notEmpty(a.value.kvlist_value.values), toJSONString(CAST(
            arrayMap(i -> (i.key, i.value.string_value), a.value.kvlist_value.values), 'Map(String, String)')),
        '')), l))) AS texts,
    (l -> CAST(arrayMap(a -> (a.key, coalesce(toFloat64(a.value.int_value), a.value.double_value, 0)),
        arrayFilter(a -> (isNotNull(a.value.int_value) OR isNotNull(a.value.double_value)) AND a.key != 'duration_ms',
            l)), 'Map(LowCardinality(String), Float64)')) AS numbers,
    (l -> CAST(arrayMap(p -> (p.1, policy(p.1, p.2)), l), 'Map(LowCardinality(String), String)')) AS kept

-- name: resource_columns
-- What a resource says about each of its records.
label(if(resource['service.name'] != '', resource['service.name'], 'unknown_service')) AS service_name,
label(if(resource['deployment.environment.name'] != '', resource['deployment.environment.name'],
         resource['deployment.environment'])) AS environment,
label(resource['service.version']) AS release,
resource['tenant_id'] AS resource_tenant_id,
arrayFilter(p -> p.1 NOT IN (${resource_names}), resource_texts) AS resource_kept

-- name: marks
-- What was odd about a record: nothing is refused for it.
arrayFilter(m -> m != '', [
    multiIf(time_nanos = 0, 'time_missing', is_off(timestamp), 'time_off', ''),
    if(correlation_id != sent_correlation_id OR request_id != sent_request_id, 'id_replaced', '')])
