-- name: vault_tenants
-- The tenants whose learners' text is kept.
SELECT tenant_id FROM tenants WHERE prose_vault;

-- name: switch
INSERT INTO tenants (tenant_id, prose_vault) VALUES (%(tenant_id)s, %(on)s)
ON CONFLICT (tenant_id) DO UPDATE SET prose_vault = excluded.prose_vault;

-- name: lock
-- Keys are made by many at once, but not while a person is being erased.
SELECT pg_advisory_xact_lock_shared(1701082987);

-- name: add_keys
-- Keys for people who have none; none for people who were erased and whose records may still be under way.
INSERT INTO subject_keys (tenant_id, subject, key_id, wrapped_key)
SELECT new.tenant_id, new.subject, new.key_id, new.wrapped_key
FROM unnest(%(tenant_ids)s::text[], %(subjects)s::text[], %(key_ids)s::text[], %(wrapped)s::bytea[])
     AS new (tenant_id, subject, key_id, wrapped_key)
WHERE NOT EXISTS (
    SELECT 1 FROM erasures
    WHERE new.subject = ANY(erasures.tokens) AND coalesce(erasures.tenant_id, new.tenant_id) = new.tenant_id)
ON CONFLICT DO NOTHING;

-- name: read_keys
SELECT tenant_id, subject, key_id, wrapped_key
FROM subject_keys
JOIN unnest(%(tenant_ids)s::text[], %(subjects)s::text[]) AS wanted (tenant_id, subject) USING (tenant_id, subject);

-- name: old_keys
-- Keys that an earlier key of the ring wraps.
SELECT tenant_id, subject, key_id, wrapped_key FROM subject_keys
WHERE key_id <> %(key_id)s AND key_id = ANY(%(known)s)
LIMIT 500;

-- name: rewrap
UPDATE subject_keys SET key_id = %(key_id)s, wrapped_key = %(wrapped)s
WHERE tenant_id = %(tenant_id)s AND subject = %(subject)s AND key_id = %(old_key_id)s;

-- name: note_audit
INSERT INTO access_log (who, did, what, tenant_id, purpose)
VALUES (%(who)s, %(did)s, %(what)s, %(tenant_id)s, %(purpose)s);
