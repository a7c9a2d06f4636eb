-- name: tie
-- A number made of all a record holds: the order of records of one microsecond, and what tells them apart.
bitShiftRight(sipHash64(
    timestamp, received_at, toString(log_level), service_name, tenant_id, correlation_id, user_id, request_id,
    trace_id, span_id, ifNull(toString(duration_ms), ''), message, environment, release,
    mapKeys(attributes), mapValues(attributes), mapKeys(measures), mapValues(measures), marks
), 2)

-- name: newest
-- The newest records that match, whole. The inner select stops early: the engine fetches the wide columns of the
-- rows that are left only.
SELECT
    $columns,
    $tie AS tie
FROM (
    SELECT $columns
    FROM eduscope.logs
    WHERE $condition
    ORDER BY timestamp DESC
    LIMIT {limit:UInt32}
)

-- name: tied
-- The records of one microsecond that match, in the order of their tie, from a place among them on.
SELECT
    $columns,
    $tie AS tie
FROM eduscope.logs
WHERE $condition AND tie >= {tie:UInt64}
ORDER BY tie
LIMIT {limit:UInt32}

-- name: count
-- How many records match.
SELECT count() AS records
FROM eduscope.logs
WHERE $condition

-- name: histogram
-- How many records match, by level, in each interval that has any. `slot` counts intervals from 1970.
SELECT
    intDiv(toUnixTimestamp64Micro(timestamp), {interval_us:Int64}) AS slot,
    toString(log_level) AS level,
    count() AS records
FROM eduscope.logs
WHERE $condition
GROUP BY slot, level

-- name: arrived
-- Records that match and came in since a time, whole, oldest first.
SELECT
    $columns,
    $tie AS tie
FROM eduscope.logs
WHERE $condition
ORDER BY received_at DESC
LIMIT {limit:UInt32}

-- name: engine_time
-- What time it is where records are stamped with the time they came in.
SELECT now64(3, 'UTC') AS now
