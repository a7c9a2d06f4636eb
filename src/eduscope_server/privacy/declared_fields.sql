-- name: declare_field
-- A new declaration, or another class for a name declared before.
INSERT INTO declared_fields (name, field_class, description, declared_by)
VALUES (%(name)s, %(field_class)s, %(description)s, %(declared_by)s)
ON CONFLICT (name) DO UPDATE SET field_class = excluded.field_class, description = excluded.description,
    declared_by = excluded.declared_by, declared_at = now()
RETURNING *;

-- name: withdraw_field
-- Undo a declaration.
DELETE FROM declared_fields WHERE name = %(name)s RETURNING *;

-- name: list_fields
-- Every declaration, by name.
SELECT * FROM declared_fields ORDER BY name;
