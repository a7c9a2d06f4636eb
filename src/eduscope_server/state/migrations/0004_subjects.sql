-- What the platform knows of the people its records are about: the keys of their prose, and that they were erased.
-- A subject is a token; no raw id ever stands here.

ALTER TABLE tenants
    ADD COLUMN prose_vault   boolean NOT NULL DEFAULT false,
    ADD COLUMN under_13_days integer CHECK (under_13_days BETWEEN 1 AND 3650);

-- A data key, wrapped by a key that the ring's key `key_id` gives. Without the row the subject's prose is noise.
CREATE TABLE subject_keys (
    tenant_id   text NOT NULL,
    subject     text NOT NULL,
    key_id      text NOT NULL,
    wrapped_key bytea NOT NULL,
    created_at  timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, subject)
);
CREATE INDEX subject_keys_by_subject ON subject_keys (subject);

-- A job: it is resumed at start until it is done, and followed up for records that were under way.
-- `tokens` are forgotten when nothing can be under way any more; `digests` stay, so that a second request knows the
-- first. `found` counts the rows of each table before they are deleted, so that a crash in between loses no number.
CREATE TABLE erasures (
    erasure_id        bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    tenant_id         text,
    tokens            text[] NOT NULL,
    digests           bytea[] NOT NULL,
    reason            text NOT NULL CHECK (reason <> ''),
    requested_by      text NOT NULL,
    requested_at      timestamptz NOT NULL DEFAULT now(),
    repeats           bigint REFERENCES erasures,
    keys_destroyed    integer NOT NULL DEFAULT 0,
    keys_destroyed_at timestamptz,
    found             jsonb NOT NULL DEFAULT '{}',
    hidden_at         timestamptz,
    removed_at        timestamptz,
    follow_until      timestamptz NOT NULL,
    certificate       jsonb
);
CREATE INDEX erasures_by_digest ON erasures USING gin (digests);
CREATE INDEX erasures_open ON erasures (requested_at) WHERE removed_at IS NULL OR tokens <> '{}';

-- Who looked at what nobody may see without a reason. Rows are added, never changed: the trigger says so.
CREATE TABLE access_log (
    entry_id    bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    happened_at timestamptz NOT NULL DEFAULT now(),
    who         text NOT NULL,
    did         text NOT NULL,
    what        text NOT NULL,
    tenant_id   text,
    purpose     text NOT NULL
);
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN RAISE EXCEPTION 'entries of % are never changed', TG_TABLE_NAME; END $$;
CREATE TRIGGER access_log_is_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON access_log
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

INSERT INTO roles (role, description)
VALUES ('privacy', 'May reveal prose for a stated purpose, and erase people, in the tenants it is given.');
