-- name: table
-- One row is one line: a flat JSON object.
(line String)

-- name: view
-- Reads lines into `logs`, and applies the contract on the way, in stages as for OTLP.
WITH
${functions}
SELECT
    coalesce(time, now64(6, 'UTC')) AS timestamp,
    if(sent.log_level IN ('debug', 'info', 'warning', 'error', 'critical'), sent.log_level, 'info') AS log_level,
    label(if(sent.service_name != '', sent.service_name, 'unknown_service')) AS service_name,
    identifier(sent_correlation_id) AS correlation_id,
    label(sent.tenant_id) AS tenant_id,
    person(sent.user_id) AS user_id,
    identifier(sent_request_id) AS request_id,
    sent.duration_ms AS duration_ms,
    sent.message AS message,
    label(sent.environment) AS environment,
    label(sent.release) AS release,
    if(match(sent.trace_id, '^[0-9a-f]{32}$'), sent.trace_id, '') AS trace_id,
    if(match(sent.span_id, '^[0-9a-f]{16}$'), sent.span_id, '') AS span_id,
    kept(arrayMap(p -> (p.1, if(startsWith(p.2, '"'), JSONExtractString(p.2), p.2)),
        arrayFilter(p -> substring(p.2, 1, 1) IN ('"', 't', 'f', '[', '{') AND p.2 != '""', own_pairs))) AS attributes,
    CAST(arrayMap(p -> (p.1, toFloat64OrZero(p.2)),
         arrayFilter(p -> match(p.2, '^-?[0-9]'), own_pairs)), 'Map(LowCardinality(String), Float64)') AS measures,
    ${marks} AS marks
FROM (
    SELECT sent, own_pairs,
           parseDateTime64BestEffortOrNull(sent.timestamp, 6, 'UTC') AS time,
           if(isNull(time), 0, 1) AS time_nanos,
           sent.correlation_id AS sent_correlation_id,
           sent.request_id AS sent_request_id
    FROM (
        SELECT
            JSONExtract(line, 'Tuple(timestamp String, log_level String, service_name String, correlation_id String,
                tenant_id String, user_id String, request_id String, duration_ms Nullable(Float64), message String,
                environment String, release String, trace_id String, span_id String)') AS sent,
            arrayFilter(p -> p.1 NOT IN (${columns}), JSONExtractKeysAndValuesRaw(line)) AS own_pairs
        FROM ${table}
    )
)
