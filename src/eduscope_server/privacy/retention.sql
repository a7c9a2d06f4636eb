-- name: days_of_tenants
-- For how many days each tenant keeps records of children, where it says so itself.
SELECT tenant_id, under_13_days FROM tenants WHERE under_13_days IS NOT NULL ORDER BY tenant_id;

-- name: set_days
INSERT INTO tenants (tenant_id, under_13_days) VALUES (%(tenant_id)s, %(days)s)
ON CONFLICT (tenant_id) DO UPDATE SET under_13_days = excluded.under_13_days;

-- name: note_audit
INSERT INTO access_log (who, did, what, tenant_id, purpose)
VALUES (%(who)s, %(did)s, %(what)s, %(tenant_id)s, %(purpose)s);
