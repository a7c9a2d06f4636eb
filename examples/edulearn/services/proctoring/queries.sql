-- The questions the proctoring service asks PostgreSQL, by name. Each stays within one tenant.

-- name: exams
-- The exams of a tenant, each with the person's own newest session.
SELECT e.exam_id, e.title, e.minutes, s.session_id, s.state
FROM exams e
LEFT JOIN LATERAL (
    SELECT session_id, state FROM exam_sessions
    WHERE exam_id = e.exam_id AND person_id = %(person_id)s ORDER BY started_at DESC LIMIT 1
) s ON true
WHERE e.tenant_id = %(tenant_id)s
ORDER BY e.title

-- name: has_agreed
-- Whether somebody agreed to proctoring, or their guardian for them.
SELECT 1 FROM consents WHERE person_id = %(person_id)s AND purpose = 'proctoring' AND granted

-- name: start
-- Begins a session, or gives the one that runs already: a person sits one exam at a time.
WITH started AS (
    INSERT INTO exam_sessions (exam_id, tenant_id, person_id, correlation_id)
    SELECT exam_id, tenant_id, %(person_id)s, %(correlation_id)s FROM exams
    WHERE exam_id = %(exam_id)s AND tenant_id = %(tenant_id)s
    ON CONFLICT (person_id) WHERE state = 'running' DO NOTHING
    RETURNING session_id
)
SELECT session_id FROM started
UNION ALL
SELECT session_id FROM exam_sessions WHERE person_id = %(person_id)s AND state = 'running'
LIMIT 1

-- name: session
-- A session with its exam and the decision that stands.
SELECT s.session_id, s.exam_id, e.title, e.quiz_id, e.minutes, s.person_id, s.tenant_id, s.state, s.correlation_id,
    s.submission_id, s.started_at, s.ended_at, d.decision, d.reason,
    (SELECT count(*) FROM exam_events WHERE session_id = s.session_id AND kind <> 'focus_regained') AS event_count
FROM exam_sessions s
JOIN exams e USING (exam_id)
LEFT JOIN LATERAL (
    SELECT decision, reason FROM exam_decisions
    WHERE session_id = s.session_id ORDER BY decided_at DESC, decision_id DESC LIMIT 1
) d ON true
WHERE s.session_id = %(session_id)s AND s.tenant_id = %(tenant_id)s

-- name: sessions
-- The newest sessions of a tenant; those with events and no decision first.
SELECT s.session_id, e.title, s.state, s.started_at, d.decision, count(v.event_id) AS event_count
FROM exam_sessions s
JOIN exams e USING (exam_id)
LEFT JOIN exam_events v ON v.session_id = s.session_id AND v.kind <> 'focus_regained'
LEFT JOIN LATERAL (
    SELECT decision FROM exam_decisions
    WHERE session_id = s.session_id ORDER BY decided_at DESC, decision_id DESC LIMIT 1
) d ON true
WHERE s.tenant_id = %(tenant_id)s
GROUP BY s.session_id, e.title, s.state, s.started_at, d.decision
ORDER BY d.decision IS NULL AND count(v.event_id) > 0 DESC, s.started_at DESC
LIMIT %(limit)s

-- name: events
-- What was noticed in a session, in order.
SELECT kind, noticed_at FROM exam_events WHERE session_id = %(session_id)s ORDER BY event_id LIMIT %(limit)s

-- name: decisions
-- What was decided about a session, in order.
SELECT decision, reason, decided_at FROM exam_decisions WHERE session_id = %(session_id)s ORDER BY decision_id

-- name: notice
-- Adds an event to a running session of the person's own.
INSERT INTO exam_events (session_id, kind)
SELECT session_id, %(kind)s FROM exam_sessions
WHERE session_id = %(session_id)s AND person_id = %(person_id)s AND state = 'running'
    AND (SELECT count(*) FROM exam_events WHERE session_id = %(session_id)s) < %(most)s
RETURNING event_id

-- name: decide
-- Adds a decision; the earlier ones stay.
INSERT INTO exam_decisions (session_id, proctor_id, decision, reason)
SELECT session_id, %(proctor_id)s, %(decision)s, %(reason)s FROM exam_sessions
WHERE session_id = %(session_id)s AND tenant_id = %(tenant_id)s
RETURNING decision_id

-- name: end
-- Ends a running session.
UPDATE exam_sessions SET state = %(state)s, ended_at = now(), submission_id = %(submission_id)s
WHERE session_id = %(session_id)s AND tenant_id = %(tenant_id)s AND state = 'running'
RETURNING session_id

-- name: overdue
-- Sessions whose time is long over: somebody closed the page.
UPDATE exam_sessions s SET state = 'handed_in', ended_at = now()
FROM exams e
WHERE e.exam_id = s.exam_id AND s.state = 'running'
    AND s.started_at < now() - make_interval(mins => e.minutes) - interval '1 minute'
RETURNING s.session_id
