-- The accounts service: people, how they sign in, their classes, what they agreed to.

CREATE TABLE people (
    person_id    text PRIMARY KEY,
    tenant_id    text NOT NULL REFERENCES tenants,
    role         text NOT NULL CHECK (role IN ('learner', 'teacher', 'proctor', 'admin')),
    display_name text NOT NULL,
    email        text NOT NULL UNIQUE,
    -- Not a birthday: what nobody needs is not kept.
    under_13     boolean NOT NULL DEFAULT false
);
CREATE INDEX people_by_tenant ON people (tenant_id, role);

-- Names and addresses live in one place. What remains of a learner for courses is an id.
INSERT INTO people (person_id, tenant_id, role, display_name, email)
    SELECT learner_id, tenant_id, 'learner', display_name, email FROM learners;
ALTER TABLE learners DROP COLUMN display_name, DROP COLUMN email;
ALTER TABLE learners ADD FOREIGN KEY (learner_id) REFERENCES people (person_id);

CREATE TABLE credentials (
    person_id     text PRIMARY KEY REFERENCES people,
    password_hash text NOT NULL,
    changed_at    timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE sign_ins (
    sign_in_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    person_id  text NOT NULL REFERENCES people,
    outcome    text NOT NULL CHECK (outcome IN ('succeeded', 'wrong_password', 'throttled')),
    tried_at   timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX sign_ins_by_person ON sign_ins (person_id, tried_at);

CREATE TABLE classes (
    class_id   text PRIMARY KEY,
    tenant_id  text NOT NULL REFERENCES tenants,
    title      text NOT NULL,
    teacher_id text NOT NULL REFERENCES people
);
CREATE INDEX classes_by_teacher ON classes (teacher_id);

CREATE TABLE class_members (
    class_id  text NOT NULL REFERENCES classes,
    person_id text NOT NULL REFERENCES people,
    joined_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (class_id, person_id)
);
CREATE INDEX class_members_by_person ON class_members (person_id);

-- One row for each purpose somebody has decided on; no row means that nobody asked yet, which is a no.
CREATE TABLE consents (
    person_id  text NOT NULL REFERENCES people,
    purpose    text NOT NULL CHECK (purpose IN ('product_analytics', 'proctoring')),
    granted    boolean NOT NULL,
    decided_by text NOT NULL CHECK (decided_by IN ('self', 'guardian')),
    decided_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (person_id, purpose)
);
