-- Schools and universities, what they teach, and what their learners did.

CREATE TABLE tenants (
    tenant_id text PRIMARY KEY,
    name      text NOT NULL,
    kind      text NOT NULL CHECK (kind IN ('school', 'university'))
);

CREATE TABLE learners (
    learner_id   text PRIMARY KEY,
    tenant_id    text NOT NULL REFERENCES tenants,
    display_name text NOT NULL,
    email        text NOT NULL UNIQUE
);
CREATE INDEX learners_by_tenant ON learners (tenant_id);

CREATE TABLE courses (
    course_id text PRIMARY KEY,
    tenant_id text NOT NULL REFERENCES tenants,
    title     text NOT NULL,
    subject   text NOT NULL,
    summary   text NOT NULL,
    position  integer NOT NULL
);
CREATE INDEX courses_by_tenant ON courses (tenant_id, position);

CREATE TABLE passages (
    passage_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    course_id  text NOT NULL REFERENCES courses,
    position   integer NOT NULL,
    heading    text NOT NULL,
    body       text NOT NULL
);
CREATE INDEX passages_by_course ON passages (course_id, position);

CREATE TABLE quizzes (
    quiz_id   text PRIMARY KEY,
    course_id text NOT NULL REFERENCES courses,
    title     text NOT NULL
);
CREATE INDEX quizzes_by_course ON quizzes (course_id);

CREATE TABLE questions (
    question_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    quiz_id     text NOT NULL REFERENCES quizzes,
    position    integer NOT NULL,
    prompt      text NOT NULL,
    choices     jsonb NOT NULL,
    answer      integer NOT NULL
);
CREATE INDEX questions_by_quiz ON questions (quiz_id, position);

CREATE TABLE enrolments (
    learner_id  text NOT NULL REFERENCES learners,
    course_id   text NOT NULL REFERENCES courses,
    enrolled_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (learner_id, course_id)
);

CREATE TABLE submissions (
    submission_id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    tenant_id     text NOT NULL REFERENCES tenants,
    learner_id    text NOT NULL REFERENCES learners,
    quiz_id       text NOT NULL REFERENCES quizzes,
    answers       jsonb NOT NULL,
    score         integer,
    points        integer,
    submitted_at  timestamptz NOT NULL DEFAULT now(),
    graded_at     timestamptz
);
CREATE INDEX submissions_by_learner ON submissions (learner_id, submitted_at DESC);
CREATE INDEX submissions_waiting ON submissions (submitted_at) WHERE graded_at IS NULL;

CREATE TABLE recommendations (
    learner_id text NOT NULL REFERENCES learners,
    position   integer NOT NULL,
    course_id  text NOT NULL REFERENCES courses,
    score      real NOT NULL,
    PRIMARY KEY (learner_id, position)
);
