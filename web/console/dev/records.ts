import type { Log, Span } from "../src/api/types";

const CONTEXT = {
  timestamp: "2026-11-23T10:00:00.000000Z",
  service_name: "courses",
  tenant_id: "northfield",
  correlation_id: "c0ffee00c0ffee00",
  user_id: "",
  request_id: "",
  trace_id: "4bf92f3577b34da6a3ce929d0e0e4736",
  span_id: "",
  environment: "test",
  release: "1",
  attributes: {},
  marks: [],
};

const at = (ms: number) => new Date(Date.parse(CONTEXT.timestamp) + ms).toISOString();

/** A span for a test: its id, when it starts and how long it takes in milliseconds, and what matters to the test. */
export function aSpan(span_id: string, startMs: number, durationMs: number, rest: Partial<Span> = {}): Span {
  return {
    ...CONTEXT,
    span_id,
    timestamp: at(startMs),
    duration_ms: durationMs,
    parent_span_id: "",
    name: span_id,
    kind: "internal",
    status: "unset",
    status_message: "",
    events: [],
    links: [],
    ...rest,
  };
}

export function aLog(message: string, ms: number, rest: Partial<Log> = {}): Log {
  return {
    ...CONTEXT,
    timestamp: at(ms),
    received_at: at(ms + 100),
    log_level: "info",
    message,
    duration_ms: null,
    ...rest,
  };
}
