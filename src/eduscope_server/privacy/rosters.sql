-- name: kept
-- The tenants that have a roster or numbers of their own.
SELECT tenant_id, roster_people, roster_loaded_at, own_numbers FROM tenants
WHERE roster_people IS NOT NULL OR own_numbers <> '{}'
ORDER BY tenant_id;

-- name: set_roster
INSERT INTO tenants (tenant_id, roster_people, roster_loaded_at) VALUES (%(tenant_id)s, %(people)s, now())
ON CONFLICT (tenant_id) DO UPDATE SET roster_people = excluded.roster_people,
    roster_loaded_at = excluded.roster_loaded_at
RETURNING roster_loaded_at;

-- name: remove_roster
UPDATE tenants SET roster_people = NULL, roster_loaded_at = NULL WHERE tenant_id = %(tenant_id)s;

-- name: set_numbers
INSERT INTO tenants (tenant_id, own_numbers) VALUES (%(tenant_id)s, %(patterns)s::text[])
ON CONFLICT (tenant_id) DO UPDATE SET own_numbers = excluded.own_numbers;

-- name: note_audit
INSERT INTO access_log (who, did, what, tenant_id, purpose)
VALUES (%(who)s, %(did)s, %(what)s, %(tenant_id)s, %(purpose)s);
