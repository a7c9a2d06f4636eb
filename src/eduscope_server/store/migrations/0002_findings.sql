-- What was found in each minute's records: tokens that stand for undeclared texts, markers, odd records. A minute
-- counted twice replaces itself, so a crash or a second platform does no harm. A row with the kind '' says that the
-- minute has been counted.
CREATE TABLE IF NOT EXISTS eduscope.findings (
    minute DateTime('UTC'),
    signal LowCardinality(String),
    kind LowCardinality(String),
    service_name LowCardinality(String),
    tenant_id LowCardinality(String),
    field String,
    count UInt64,
    different UInt64
)
ENGINE = ReplacingMergeTree
PARTITION BY toYYYYMM(minute)
ORDER BY (minute, signal, kind, service_name, tenant_id, field);
