-- name: groups
-- Failures that are one and the same: by service, type, and message without its numbers and ids. A failure is a
-- log line of level error or worse, or an exception on a span of a trace that no such line speaks of.
WITH failures AS (
    SELECT
        timestamp, service_name, correlation_id, trace_id,
        if(attributes['exception.type'] != '', attributes['exception.type'], attributes['error.type']) AS type,
        if(attributes['exception.message'] != '', attributes['exception.message'], message) AS message
    FROM eduscope.logs
    WHERE $log_condition AND log_level >= 'error'

    UNION ALL

    SELECT
        event.1 AS timestamp, service_name, correlation_id, trace_id,
        event.3['exception.type'] AS type,
        event.3['exception.message'] AS message
    FROM eduscope.spans
    ARRAY JOIN arrayFilter(event -> event.2 = 'exception', events) AS event
    WHERE $span_condition
        AND trace_id NOT IN (
            SELECT trace_id FROM eduscope.logs WHERE $log_condition AND log_level >= 'error' AND trace_id != ''
        )
)
SELECT
    service_name,
    type,
    argMax(message, timestamp) AS newest_message,
    count() AS records,
    min(timestamp) AS first_seen,
    max(timestamp) AS last_seen,
    argMax(correlation_id, timestamp) AS newest_correlation_id,
    argMax(trace_id, timestamp) AS newest_trace_id
FROM failures
GROUP BY
    service_name,
    type,
    replaceRegexpAll(substring(message, 1, 1000), '[0-9a-fA-F]{8,}|[0-9]+', '#') AS likeness
ORDER BY records DESC, last_seen DESC
LIMIT {limit:UInt32}
