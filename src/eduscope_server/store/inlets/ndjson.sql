-- name: table
-- One row is one line: a flat JSON object.
(line String)

-- name: view
-- Reads lines into `logs`, and applies the contract on the way, in stages as for OTLP. The columns come typed from one
-- reading of the line, the line's own fields raw from a second: their first character tells a text from a number.
WITH
${functions}
SELECT
    timestamp,
    -- The numbers of `log_level`'s words.
    CAST(transform(sent.log_level, ['debug', 'info', 'warning', 'error', 'critical'], [1, 2, 3, 4, 5], 2), 'Int8')
        AS log_level,
    if(labels[1] = '', 'unknown_service', labels[1]) AS service_name,
    identifier(sent_correlation_id) AS correlation_id,
    labels[2] AS tenant_id,
    person(sent.user_id) AS user_id,
    identifier(sent_request_id) AS request_id,
    sent.duration_ms AS duration_ms,
    sent.message AS message,
    labels[3] AS environment,
    labels[4] AS release,
    if(match(sent.trace_id, '^[0-9a-f]{32}$'), sent.trace_id, '') AS trace_id,
    if(match(sent.span_id, '^[0-9a-f]{16}$'), sent.span_id, '') AS span_id,
    mapFromArrays(
        arrayConcat(arrayFilter((k, r) -> r = ${clear}, keys, routes),
                    arrayFilter((k, r) -> r >= ${written}, keys, routes)),
        arrayConcat(arrayFilter((v, r) -> r = ${clear}, texts, routes),
                    arrayMap((r, v) -> policy(r, v), arrayFilter(r -> r >= ${written}, routes),
                             arrayFilter((v, r) -> r >= ${written}, texts, routes)))) AS attributes,
    mapFromArrays(arrayFilter((k, r) -> r = ${number}, keys, routes),
                  arrayMap(v -> toFloat64OrZero(v), arrayFilter((v, r) -> r = ${number}, texts, routes))) AS measures,
    ${marks} AS marks
FROM (
    SELECT
        sent, keys, texts,
        sent.correlation_id AS sent_correlation_id,
        sent.request_id AS sent_request_id,
        ifNull(time, toDateTime64(0, 6, 'UTC')) <= toDateTime64(0, 6, 'UTC') AS no_time,
        if(no_time, now64(6, 'UTC'), least(assumeNotNull(time), fromUnixTimestamp64Micro(9214646400000000, 'UTC'))) AS timestamp,
        arrayMap(x -> label(x), [sent.service_name, sent.tenant_id, sent.environment, sent.release]) AS labels,
        arrayMap((c, t, v) -> route(c, t, v), arrayMap(k -> class(k), keys), kinds, texts) AS routes
    FROM (
        SELECT
            sent,
            parseDateTime64BestEffortOrNull(sent.timestamp, 6, 'UTC') AS time,
            CAST(own.1, 'Array(LowCardinality(String))') AS keys,
            arrayMap(v -> transform(substring(v, 1, 1), ['"', 'n', 't', 'f', '[', '{'],
                                    ['text', 'none', 'bool', 'bool', 'list', 'map'], 'double'), own.2) AS kinds,
            arrayMap(v -> if(startsWith(v, '"'), JSONExtractString(v), v), own.2) AS texts
        FROM (
            SELECT
                JSONExtract(line, 'Tuple(timestamp String, log_level String, service_name String, correlation_id String,
                    tenant_id String, user_id String, request_id String, duration_ms Nullable(Float64), message String,
                    environment String, release String, trace_id String, span_id String)') AS sent,
                arrayFilter(p -> NOT has(${columns}, p.1), JSONExtractKeysAndValuesRaw(line)) AS own,
                line
            FROM ${table}
        )
        -- What the engine's JSON parser can't read (1e999, half a surrogate pair) looks empty. It is refused as text
        -- that is not a number would be, and the door has Python read it; a guess would lose the line in silence.
        WHERE toUInt8(if(sent.message = '' AND empty(own) AND NOT isValidJSON(line), 'a line that is not JSON', '0')) = 0
    )
)
