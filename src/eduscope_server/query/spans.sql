-- name: matching_traces
-- The traces with a span that matches, by their newest one. `earlier` cuts off the pages already given.
SELECT trace_id, max(timestamp) AS newest
FROM eduscope.spans
WHERE $condition AND trace_id != ''
GROUP BY trace_id
HAVING $earlier
ORDER BY newest DESC, trace_id DESC
LIMIT {limit:UInt32}

-- name: without_failure
-- Narrows to traces of which no span failed in the window.
trace_id NOT IN (SELECT trace_id FROM eduscope.spans WHERE $condition AND status = 'error')

-- name: summaries
-- Traces in a few words each. The root is the span without a parent, or else the earliest there is.
SELECT
    trace_id,
    argMin(name, (parent_span_id != '', timestamp)) AS root_name,
    argMin(service_name, (parent_span_id != '', timestamp)) AS root_service,
    min(timestamp) AS started,
    (max(toUnixTimestamp64Micro(timestamp) + duration_ms * 1000) - min(toUnixTimestamp64Micro(timestamp))) / 1000
        AS length_ms,
    count() AS span_count,
    countIf(status = 'error') AS error_count,
    arraySort(groupUniqArray(service_name)) AS services,
    maxIf(correlation_id, correlation_id != '') AS correlation
FROM eduscope.spans
WHERE $condition AND trace_id IN {trace_ids:Array(String)}
GROUP BY trace_id

-- name: of_trace
-- Every span of a trace, whole, in time order.
SELECT $columns
FROM eduscope.spans
WHERE $condition AND trace_id = {trace_id:String}
ORDER BY timestamp, span_id
LIMIT {limit:UInt32}

-- name: logs_of_trace
-- Every log line of a trace, whole, in time order.
SELECT $columns
FROM eduscope.logs
WHERE $condition AND trace_id = {trace_id:String}
ORDER BY timestamp
LIMIT {limit:UInt32}
