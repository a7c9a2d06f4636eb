-- The proctoring service: exams, who sits them, what was noticed, what a proctor decided.

CREATE TABLE exams (
    exam_id   text PRIMARY KEY,
    tenant_id text NOT NULL REFERENCES tenants,
    quiz_id   text NOT NULL REFERENCES quizzes,
    title     text NOT NULL,
    minutes   integer NOT NULL CHECK (minutes > 0)
);
CREATE INDEX exams_by_tenant ON exams (tenant_id);

CREATE TABLE exam_sessions (
    session_id     uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    exam_id        text NOT NULL REFERENCES exams,
    tenant_id      text NOT NULL REFERENCES tenants,
    person_id      text NOT NULL REFERENCES people,
    state          text NOT NULL DEFAULT 'running' CHECK (state IN ('running', 'handed_in', 'terminated')),
    -- Everything that is done about the session, by whomever, is told under the correlation it began with.
    correlation_id text NOT NULL,
    submission_id  uuid REFERENCES submissions,
    started_at     timestamptz NOT NULL DEFAULT now(),
    ended_at       timestamptz
);
CREATE INDEX exam_sessions_by_tenant ON exam_sessions (tenant_id, started_at DESC);
-- A learner sits one exam at a time: a second start goes on with the first.
CREATE UNIQUE INDEX exam_sessions_running ON exam_sessions (person_id) WHERE state = 'running';

CREATE TABLE exam_events (
    event_id    bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    session_id  uuid NOT NULL REFERENCES exam_sessions,
    kind        text NOT NULL CHECK (kind IN ('focus_lost', 'focus_regained', 'face_not_visible', 'second_voice')),
    noticed_at  timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX exam_events_by_session ON exam_events (session_id, noticed_at);

-- Decisions are added, never changed: a later one stands, the earlier ones stay to be seen.
CREATE TABLE exam_decisions (
    decision_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    session_id  uuid NOT NULL REFERENCES exam_sessions,
    proctor_id  text NOT NULL REFERENCES people,
    decision    text NOT NULL CHECK (decision IN ('flagged', 'cleared', 'terminated')),
    reason      text NOT NULL CHECK (length(reason) BETWEEN 3 AND 300),
    decided_at  timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX exam_decisions_by_session ON exam_decisions (session_id, decided_at DESC);
