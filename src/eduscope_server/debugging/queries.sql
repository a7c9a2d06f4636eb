-- name: open_window
-- A new window; it begins now, by the clock of PostgreSQL.
INSERT INTO debug_windows (service_name, environment, reason, opened_by, ends_at)
VALUES (%(service_name)s, %(environment)s, %(reason)s, %(opened_by)s, now() + make_interval(mins => %(minutes)s))
RETURNING *, extract(epoch FROM ends_at - now())::float8 AS seconds_left;

-- name: open_windows
-- What is open now; every platform keeps all of it in memory.
SELECT *, extract(epoch FROM ends_at - now())::float8 AS seconds_left
FROM debug_windows
WHERE closed_at IS NULL AND ends_at > now();

-- name: list_windows
-- The latest windows, open ones first.
SELECT *, CASE WHEN closed_at IS NULL THEN greatest(extract(epoch FROM ends_at - now()), 0) ELSE 0 END::float8
       AS seconds_left
FROM debug_windows
ORDER BY (closed_at IS NULL AND ends_at > now()) DESC, opened_at DESC, window_id DESC
LIMIT %(limit)s;

-- name: close_window
-- End a window before its time; one that is over stays as it is.
UPDATE debug_windows SET closed_at = now(), closed_by = %(closed_by)s
WHERE window_id = %(window_id)s AND closed_at IS NULL AND ends_at > now()
RETURNING *, 0::float8 AS seconds_left;
