-- name: groups
-- Failures that are one and the same: by service, type, and message without its numbers and ids. A failure is a
-- log line of level error or worse, or an exception on a span of a trace that no such line speaks of.
-- No alias has the name of a column: the engine would read it in the conditions too.
WITH failures AS (
    SELECT
        timestamp AS at, service_name AS service, correlation_id AS correlation, trace_id AS trace,
        if(attributes['exception.type'] != '', attributes['exception.type'], attributes['error.type']) AS type,
        if(attributes['exception.message'] != '', attributes['exception.message'], message) AS said
    FROM eduscope.logs
    WHERE $log_condition AND log_level >= 'error'

    UNION ALL

    SELECT
        event.1 AS at, service_name AS service, correlation_id AS correlation, trace_id AS trace,
        event.3['exception.type'] AS type,
        event.3['exception.message'] AS said
    FROM eduscope.spans
    ARRAY JOIN arrayFilter(event -> event.2 = 'exception', events) AS event
    WHERE $span_condition
        AND trace_id NOT IN (
            SELECT trace_id FROM eduscope.logs WHERE $log_condition AND log_level >= 'error' AND trace_id != ''
        )
)
SELECT
    service,
    type,
    argMax(said, at) AS newest_message,
    count() AS records,
    min(at) AS first_seen,
    max(at) AS last_seen,
    argMax(correlation, at) AS newest_correlation_id,
    argMax(trace, at) AS newest_trace_id
FROM failures
GROUP BY
    service,
    type,
    replaceRegexpAll(substring(said, 1, 1000), '[0-9a-fA-F]{8,}|[0-9]+', '#') AS likeness
ORDER BY records DESC, last_seen DESC
LIMIT {limit:UInt32}
