-- Whose roster this platform must have (the people themselves are in a sealed file, never here), and each tenant's
-- patterns of its own numbers.

ALTER TABLE tenants
    ADD COLUMN roster_people    integer,
    ADD COLUMN roster_loaded_at timestamptz,
    ADD COLUMN own_numbers      text[] NOT NULL DEFAULT '{}';
