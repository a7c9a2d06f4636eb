import type { AttributeValue, RecordContext } from "../api/types";

export interface RecordField {
  name: string;
  value: AttributeValue;
}

// Ids first, since they lead on; the rest in the order people ask: who, where, how long, what else.
const CONTEXT: readonly string[] = [
  "correlation_id",
  "trace_id",
  "span_id",
  "parent_span_id",
  "request_id",
  "tenant_id",
  "user_id",
  "environment",
  "release",
  "duration_ms",
  "status",
  "status_message",
];

/** A record as rows of name and value: its context, then its own fields by name; what is empty is left out. */
export function recordFields(record: RecordContext): RecordField[] {
  const own = record as unknown as Record<string, AttributeValue | undefined>;
  const context = CONTEXT.map((name) => ({ name, value: own[name] ?? null }));
  const attributes = Object.entries(record.attributes ?? {})
    .map(([name, value]) => ({ name, value }))
    .sort((one, other) => one.name.localeCompare(other.name));
  return [...context, ...attributes].filter(({ value }) => value !== null && value !== "");
}

/** What a filter on a number asks: an exact duration never comes again, so "at least as long" then. */
export function isFractional(value: AttributeValue): value is number {
  return typeof value === "number" && !Number.isInteger(value);
}
