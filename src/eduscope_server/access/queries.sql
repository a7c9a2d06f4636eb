-- name: working_keys
-- Every key that opens something now; the cache holds all of them.
SELECT key_hash, kind, name, project, tenant_id, origins
FROM api_keys
WHERE revoked_at IS NULL;

-- name: list_keys
-- All keys, revoked ones last, newest first.
SELECT key_id, key_start, kind, source, name, project, tenant_id, origins, created_at, last_used_at, revoked_at
FROM api_keys
ORDER BY revoked_at IS NOT NULL, created_at DESC, key_id DESC;

-- name: add_key
-- A key made by a person.
INSERT INTO api_keys (key_hash, key_start, kind, name, project, tenant_id, origins)
VALUES (%(key_hash)s, %(key_start)s, %(kind)s, %(name)s, %(project)s, %(tenant_id)s, %(origins)s)
RETURNING key_id, key_start, kind, source, name, project, tenant_id, origins, created_at, last_used_at, revoked_at;

-- name: revoke_key
-- End a key for good; a key that has ended already stays as it is.
UPDATE api_keys SET revoked_at = now()
WHERE key_id = %(key_id)s AND revoked_at IS NULL
RETURNING key_id;

-- name: retire_settings_keys
-- A key from the settings lasts for as long as the settings say so.
UPDATE api_keys SET revoked_at = now()
WHERE source = 'settings' AND kind = %(kind)s AND key_hash <> %(key_hash)s AND revoked_at IS NULL;

-- name: put_first_key
-- The key from the settings, or the generated one; a revoked one comes back when the settings name it again.
INSERT INTO api_keys (key_hash, key_start, kind, source, name)
VALUES (%(key_hash)s, %(key_start)s, %(kind)s, %(source)s, %(name)s)
ON CONFLICT (key_hash) DO UPDATE
SET revoked_at = CASE WHEN excluded.source = 'settings' THEN NULL ELSE api_keys.revoked_at END,
    source = excluded.source;

-- name: note_use
-- When keys were last used; the cache says so every few seconds, not per request.
UPDATE api_keys SET last_used_at = now() WHERE key_hash = ANY(%(key_hashes)s);

-- name: add_login_code
-- A one-time code for a person who is still here.
INSERT INTO login_codes (code_hash, person_id, expires_at)
SELECT %(code_hash)s, person_id, now() + make_interval(secs => %(seconds)s)
FROM people
WHERE name = %(name)s AND left_at IS NULL
RETURNING person_id;

-- name: use_login_code
-- Spend a code: only one of several simultaneous tries gets the person.
UPDATE login_codes SET used_at = now()
WHERE code_hash = %(code_hash)s AND used_at IS NULL AND expires_at > now()
RETURNING person_id;

-- name: add_session
INSERT INTO sessions (token_hash, person_id, expires_at)
VALUES (%(token_hash)s, %(person_id)s, now() + make_interval(secs => %(seconds)s));

-- name: find_session
-- The person behind a session that has not ended, and whether it is time to prolong it.
SELECT people.name,
       array_agg(memberships.role ORDER BY memberships.role) AS roles,
       array_agg(memberships.tenant_id) AS tenants,
       sessions.last_used_at < now() - make_interval(secs => %(prolong_every)s) AS is_due
FROM sessions
JOIN people USING (person_id)
JOIN memberships USING (person_id)
WHERE sessions.token_hash = %(token_hash)s
  AND sessions.expires_at > now()
  AND people.left_at IS NULL
GROUP BY people.name, sessions.last_used_at;

-- name: prolong_session
-- Sliding, but never beyond the longest life of a session.
UPDATE sessions
SET last_used_at = now(),
    expires_at = least(now() + make_interval(secs => %(seconds)s),
                       created_at + make_interval(secs => %(longest)s))
WHERE token_hash = %(token_hash)s;

-- name: end_session
DELETE FROM sessions WHERE token_hash = %(token_hash)s;

-- name: sweep
-- Codes and sessions that have ended are of no use to anyone.
WITH codes AS (DELETE FROM login_codes WHERE expires_at < now() - interval '1 day')
DELETE FROM sessions WHERE expires_at < now();
