-- name: logs
-- The log lines that bear an id, whole, in time order.
SELECT $columns
FROM eduscope.logs
WHERE $condition
ORDER BY timestamp, service_name
LIMIT {limit:UInt32}

-- name: spans
-- The spans that bear an id, whole, in time order; of those that start together, the longer one first.
SELECT $columns
FROM eduscope.spans
WHERE $condition
ORDER BY timestamp, duration_ms DESC
LIMIT {limit:UInt32}
