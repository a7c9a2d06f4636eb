-- The records. Partitions follow the day a record was received: a record's own clock can be off by years, and
-- partitions by it would let one bad producer create thousands of them.
-- Filters of one in a thousand: a question for an id of any kind takes a quarter less time than with one in a hundred
-- (3 M rows), for 2 bytes more per row and no more time per insert. Writing 16,000 rows takes 7 ms of CPU without any
-- index and 12 with all five: 2 or 3 for the words, under 1 for each filter.
-- The words are those of lower(message), not of a preprocessor: a question then means the same where the index is not
-- used, such as inside a NOT with a constant.
-- Merging 16 parts at once instead of 5 rewrites a record less often: 78 ms of CPU for 8,000 records in steady state,
-- merges included, against 107; some 10 parts of a busy table wait to be merged instead of 4.
-- Keys of maps are plain strings: as LowCardinality they take no less room on disk and six times as long to merge
-- (13.5 ms of CPU for 8,000 rows of the two maps, against 3.6).
-- An insert is answered once it is on the disk: docs/decisions/acknowledged-is-on-disk.md.
CREATE TABLE IF NOT EXISTS eduscope.logs (
    ${log_columns},
    INDEX by_time timestamp TYPE minmax GRANULARITY 1,
    INDEX by_correlation correlation_id TYPE bloom_filter(0.001) GRANULARITY 1,
    INDEX by_trace trace_id TYPE bloom_filter(0.001) GRANULARITY 1,
    INDEX by_request request_id TYPE bloom_filter(0.001) GRANULARITY 1,
    INDEX by_word lower(message) TYPE text(tokenizer = 'splitByNonAlpha')
)
ENGINE = MergeTree
PARTITION BY (retention, toDate(received_at))
ORDER BY (tenant_id, service_name, timestamp)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, merge_selector_base = 16;

CREATE TABLE IF NOT EXISTS eduscope.spans (
    ${span_columns},
    INDEX by_time timestamp TYPE minmax GRANULARITY 1,
    INDEX by_correlation correlation_id TYPE bloom_filter(0.001) GRANULARITY 1,
    INDEX by_trace trace_id TYPE bloom_filter(0.001) GRANULARITY 1,
    INDEX by_request request_id TYPE bloom_filter(0.001) GRANULARITY 1
)
ENGINE = MergeTree
PARTITION BY (retention, toDate(received_at))
ORDER BY (tenant_id, service_name, timestamp)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, merge_selector_base = 16;
