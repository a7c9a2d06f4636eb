-- Debug windows: for how long which service may write debug lines outside of development, who said so, and why.
-- A row is never deleted: it is the answer to "who looked closer, and when".

CREATE TABLE debug_windows (
    window_id    bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    service_name text NOT NULL CHECK (service_name ~ '^[A-Za-z0-9._-]{1,64}$'),
    environment  text NOT NULL CHECK (environment ~ '^[A-Za-z0-9._-]{1,64}$'),
    reason       text NOT NULL CHECK (reason <> ''),
    opened_by    text NOT NULL,
    opened_at    timestamptz NOT NULL DEFAULT now(),
    ends_at      timestamptz NOT NULL,
    closed_at    timestamptz,
    closed_by    text,
    CHECK (ends_at > opened_at AND ends_at <= opened_at + interval '60 minutes')
);
CREATE INDEX debug_windows_open ON debug_windows (ends_at) WHERE closed_at IS NULL;
