-- Attributes that people declared on the platform, beside those the contract ships with. An undeclared text is
-- stored as a token; a declared one as its class says.
CREATE TABLE declared_fields (
    name text PRIMARY KEY,
    field_class text NOT NULL,
    description text NOT NULL,
    declared_by text NOT NULL,
    declared_at timestamptz NOT NULL DEFAULT now()
);
