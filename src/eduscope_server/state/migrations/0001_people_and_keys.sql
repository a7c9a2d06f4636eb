-- Who may do what: tenants, people and their roles, the ways in (sessions, one-time codes, keys), settings.
-- Secrets are kept as SHA-256 only: all of them are random with at least 128 bits, so a slow hash adds nothing.

CREATE TABLE tenants (
    tenant_id    text PRIMARY KEY CHECK (tenant_id ~ '^[A-Za-z0-9._-]{1,64}$'),
    display_name text NOT NULL DEFAULT '',
    created_at   timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE people (
    person_id  bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name       text NOT NULL UNIQUE CHECK (name <> ''),
    created_at timestamptz NOT NULL DEFAULT now(),
    left_at    timestamptz
);

CREATE TABLE roles (
    role        text PRIMARY KEY,
    description text NOT NULL
);

INSERT INTO roles (role, description) VALUES
    ('admin',  'May do everything, in every tenant it is given.'),
    ('reader', 'May search and read telemetry of the tenants it is given.');

-- tenant_id is null for a role in all tenants, those to come included.
CREATE TABLE memberships (
    person_id bigint NOT NULL REFERENCES people ON DELETE CASCADE,
    role      text   NOT NULL REFERENCES roles,
    tenant_id text   REFERENCES tenants ON DELETE CASCADE,
    UNIQUE NULLS NOT DISTINCT (person_id, role, tenant_id)
);

CREATE TABLE sessions (
    token_hash   bytea PRIMARY KEY,
    person_id    bigint NOT NULL REFERENCES people ON DELETE CASCADE,
    created_at   timestamptz NOT NULL DEFAULT now(),
    last_used_at timestamptz NOT NULL DEFAULT now(),
    expires_at   timestamptz NOT NULL
);
CREATE INDEX sessions_by_expiry ON sessions (expires_at);

CREATE TABLE login_codes (
    code_hash  bytea PRIMARY KEY,
    person_id  bigint NOT NULL REFERENCES people ON DELETE CASCADE,
    created_at timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz NOT NULL,
    used_at    timestamptz
);

-- source: 'made' by a person, 'settings' given to the platform at start, 'generated' by it at its first start.
CREATE TABLE api_keys (
    key_id       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    key_hash     bytea NOT NULL UNIQUE,
    key_start    text NOT NULL,
    kind         text NOT NULL CHECK (kind IN ('admin', 'ingest', 'read')),
    source       text NOT NULL DEFAULT 'made' CHECK (source IN ('made', 'settings', 'generated')),
    name         text NOT NULL CHECK (name <> ''),
    project      text NOT NULL DEFAULT 'default',
    tenant_id    text,
    origins      text[] NOT NULL DEFAULT '{}',
    created_at   timestamptz NOT NULL DEFAULT now(),
    last_used_at timestamptz,
    revoked_at   timestamptz
);

CREATE TABLE settings (
    name       text PRIMARY KEY,
    value      jsonb NOT NULL,
    changed_at timestamptz NOT NULL DEFAULT now()
);

INSERT INTO people (name) VALUES ('admin');
INSERT INTO memberships (person_id, role) SELECT person_id, 'admin' FROM people WHERE name = 'admin';
