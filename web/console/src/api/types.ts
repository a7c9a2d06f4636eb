// Every shape the platform's read API answers with. Timestamps are RFC 3339, UTC, to the microsecond.

export const LEVELS = ["debug", "info", "warning", "error", "critical"] as const;
export type Level = (typeof LEVELS)[number];

export type AttributeValue = string | number | boolean | null;
export type Attributes = Record<string, AttributeValue>;

/** What logs and spans have in common; an empty string means "none". */
export interface RecordContext {
  timestamp: string;
  service_name: string;
  tenant_id: string;
  correlation_id: string;
  user_id: string;
  request_id: string;
  trace_id: string;
  span_id: string;
  environment: string;
  release: string;
  attributes: Attributes;
  marks: string[];
}

export interface Log extends RecordContext {
  log_level: Level;
  message: string;
  duration_ms: number | null;
  received_at: string;
}

export interface LogPage {
  logs: Log[];
  next_cursor: string | null;
}

export interface LogCount {
  count: number;
}

export interface HistogramBucket {
  start: string;
  counts: Record<Level, number>;
}

export interface Histogram {
  interval_seconds: number;
  buckets: HistogramBucket[];
}

export interface FieldValue {
  value: string;
  count: number;
}

export interface FieldInfo {
  name: string;
  class: string;
  description: string;
  values: FieldValue[];
}

export interface FieldList {
  fields: FieldInfo[];
}

export type SpanStatus = "unset" | "ok" | "error";
export type SpanKind = "internal" | "server" | "client" | "producer" | "consumer";

export interface SpanEvent {
  timestamp: string;
  name: string;
  attributes: Attributes;
}

export interface SpanLink {
  trace_id: string;
  span_id: string;
}

export interface Span extends RecordContext {
  parent_span_id: string;
  name: string;
  kind: SpanKind;
  duration_ms: number;
  status: SpanStatus;
  status_message: string;
  events: SpanEvent[];
  links: SpanLink[];
}

export interface TraceSummary {
  trace_id: string;
  root_name: string;
  root_service: string;
  timestamp: string;
  duration_ms: number;
  span_count: number;
  error_count: number;
  services: string[];
  correlation_id: string;
}

export interface TracePage {
  traces: TraceSummary[];
  next_cursor: string | null;
}

export interface Trace {
  trace_id: string;
  correlation_id: string;
  timestamp: string;
  duration_ms: number;
  spans: Span[];
  logs: Log[];
  truncated: boolean;
}

/** A span on a timeline carries `kind: "span"`; what OpenTelemetry calls its kind is then `span_kind`. */
export type TimelineItem =
  | (Log & { kind: "log" })
  | (Omit<Span, "kind"> & { kind: "span"; span_kind?: SpanKind });

export interface Correlation {
  id: string;
  matched_as: string[];
  from: string;
  to: string;
  services: string[];
  trace_ids: string[];
  items: TimelineItem[];
  truncated: boolean;
}

export interface ErrorGroup {
  service_name: string;
  type: string;
  message: string;
  count: number;
  first_seen: string;
  last_seen: string;
  correlation_id: string;
  trace_id: string;
}

export interface ErrorList {
  errors: ErrorGroup[];
}

export interface ServiceSummary {
  service_name: string;
  log_count: number;
  span_count: number;
  request_count: number;
  requests_per_second: number;
  error_rate: number;
  p50_ms: number | null;
  p95_ms: number | null;
  p99_ms: number | null;
  last_seen: string;
  requests: number[];
  errors: number[];
}

export interface ServiceList {
  services: ServiceSummary[];
  interval_seconds: number;
}

export interface Session {
  name: string;
  roles: string[];
  tenants: string[] | null;
}

export interface ErrorBody {
  error: { code: string; message: string; hint?: string | null; position?: number | null };
}
