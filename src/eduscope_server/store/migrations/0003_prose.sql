-- Learners' text, encrypted per person: docs/decisions/prose-vault.md. A record has `[prose:<id>]` in its place.
-- `sealed` is a nonce of 12 bytes and what AES-256-GCM made, in base64: rows arrive as JSON.
CREATE TABLE IF NOT EXISTS eduscope.prose (
    id String,
    tenant_id LowCardinality(String),
    subject String,
    field LowCardinality(String),
    sealed String,
    key_id LowCardinality(String),
    correlation_id String,
    trace_id String,
    retention LowCardinality(String) DEFAULT 'standard',
    received_at DateTime64(3, 'UTC') DEFAULT now64(3),
    INDEX by_id id TYPE bloom_filter(0.001) GRANULARITY 1
)
ENGINE = MergeTree
PARTITION BY (retention, toDate(received_at))
ORDER BY (tenant_id, subject, received_at)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, merge_selector_base = 16;
