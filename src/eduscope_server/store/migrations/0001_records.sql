-- The records. Partitions follow the day a record was received: a record's own clock can be off by years, and
-- partitions by it would let one bad producer create thousands of them.
CREATE TABLE IF NOT EXISTS eduscope.logs (
    ${log_columns},
    INDEX by_time timestamp TYPE minmax GRANULARITY 1,
    INDEX by_correlation correlation_id TYPE bloom_filter(0.01) GRANULARITY 1,
    INDEX by_trace trace_id TYPE bloom_filter(0.01) GRANULARITY 1,
    INDEX by_request request_id TYPE bloom_filter(0.01) GRANULARITY 1,
    INDEX by_word message TYPE text(tokenizer = 'splitByNonAlpha', preprocessor = lower(message))
)
ENGINE = MergeTree
PARTITION BY (retention, toDate(received_at))
ORDER BY (tenant_id, service_name, timestamp);

CREATE TABLE IF NOT EXISTS eduscope.spans (
    ${span_columns},
    INDEX by_time timestamp TYPE minmax GRANULARITY 1,
    INDEX by_correlation correlation_id TYPE bloom_filter(0.01) GRANULARITY 1,
    INDEX by_trace trace_id TYPE bloom_filter(0.01) GRANULARITY 1,
    INDEX by_request request_id TYPE bloom_filter(0.01) GRANULARITY 1
)
ENGINE = MergeTree
PARTITION BY (retention, toDate(received_at))
ORDER BY (tenant_id, service_name, timestamp);
