-- name: lock
-- One request at a time: two for the same person must know of each other.
SELECT pg_advisory_xact_lock(1701082987);

-- name: open_erasure
-- The same erasure, asked for before and not yet finished.
SELECT * FROM erasures
WHERE digests = %(digests)s AND tenant_id IS NOT DISTINCT FROM %(tenant_id)s AND hidden_at IS NULL
ORDER BY erasure_id DESC LIMIT 1;

-- name: add_erasure
-- A new job. It repeats the latest finished one for the same person, if there is one.
INSERT INTO erasures (tenant_id, tokens, digests, reason, requested_by, repeats, follow_until)
VALUES (%(tenant_id)s, %(tokens)s, %(digests)s, %(reason)s, %(by)s,
        (SELECT max(erasure_id) FROM erasures
         WHERE digests && %(digests)s AND tenant_id IS NOT DISTINCT FROM %(tenant_id)s),
        now() + make_interval(secs => %(follow_seconds)s))
RETURNING *;

-- name: destroy_keys
DELETE FROM subject_keys
WHERE subject = ANY(%(tokens)s) AND (%(tenant_id)s::text IS NULL OR tenant_id = %(tenant_id)s);

-- name: keys_destroyed
UPDATE erasures SET keys_destroyed = %(keys)s, keys_destroyed_at = now() WHERE erasure_id = %(erasure_id)s
RETURNING *;

-- name: note_audit
INSERT INTO access_log (who, did, what, tenant_id, purpose)
VALUES (%(who)s, %(did)s, %(what)s, %(tenant_id)s, %(purpose)s);

-- name: rows_found
-- Kept before they are deleted. After a crash in between some are gone already: the greater count is the true one.
UPDATE erasures
SET found = found || jsonb_build_object(%(table)s::text,
                                        greatest(coalesce((found ->> %(table)s)::bigint, 0), %(rows)s::bigint))
WHERE erasure_id = %(erasure_id)s
RETURNING *;

-- name: more_found
-- Rows that came late, deleted in a follow-up.
UPDATE erasures
SET found = found || jsonb_build_object(%(table)s::text, coalesce((found ->> %(table)s)::bigint, 0) + %(rows)s::bigint),
    removed_at = NULL
WHERE erasure_id = %(erasure_id)s
RETURNING *;

-- name: hidden
UPDATE erasures SET hidden_at = coalesce(hidden_at, now()) WHERE erasure_id = %(erasure_id)s RETURNING *;

-- name: removed
UPDATE erasures SET removed_at = now() WHERE erasure_id = %(erasure_id)s AND removed_at IS NULL RETURNING *;

-- name: certify
UPDATE erasures SET certificate = %(certificate)s WHERE erasure_id = %(erasure_id)s RETURNING *;

-- name: forget_tokens
-- Nothing can be under way any more.
UPDATE erasures SET tokens = '{}'
WHERE follow_until < now() AND hidden_at IS NOT NULL AND tokens <> '{}';

-- name: unfinished
-- What is to be hidden, removed or followed up.
SELECT *, hidden_at < now() - make_interval(secs => %(remove_seconds)s) AS is_removal_due
FROM erasures
WHERE hidden_at IS NULL OR removed_at IS NULL OR tokens <> '{}'
ORDER BY erasure_id;

-- name: read_erasure
SELECT * FROM erasures WHERE erasure_id = %(erasure_id)s;

-- name: list_erasures
SELECT * FROM erasures ORDER BY erasure_id DESC LIMIT 200;
