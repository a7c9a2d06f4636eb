-- name: logs
-- What each service logged.
SELECT service_name, count() AS log_count, min(timestamp) AS first_seen, max(timestamp) AS last_seen
FROM eduscope.logs
WHERE $condition
GROUP BY service_name

-- name: spans
-- What each service did, and how its requests went. A request is a span that serves one: kind server or consumer.
SELECT
    service_name,
    count() AS span_count,
    countIf(kind IN ('server', 'consumer')) AS request_count,
    countIf(kind IN ('server', 'consumer') AND status = 'error') AS error_count,
    quantilesTDigestIf(0.5, 0.95, 0.99)(duration_ms, kind IN ('server', 'consumer')) AS durations_ms,
    min(timestamp) AS first_seen,
    max(timestamp) AS last_seen
FROM eduscope.spans
WHERE $condition
GROUP BY service_name

-- name: requests_over_time
-- Requests and failed requests of each service, in each interval that has any.
SELECT
    service_name,
    intDiv(toUnixTimestamp64Micro(timestamp) - {start_us:Int64}, {interval_us:Int64}) AS slot,
    count() AS requests,
    countIf(status = 'error') AS errors
FROM eduscope.spans
WHERE $condition AND kind IN ('server', 'consumer')
GROUP BY service_name, slot
