/** Records as OTLP/JSON (opentelemetry-proto 1.x, its JSON mapping). */

export type Attributes = Record<string, string | number | boolean | undefined>;

/** A span: `kind` 1 internal, 3 client; `status` 0 unset, 2 error. Times are milliseconds since 1970. */
export interface SpanRecord {
  traceId: string;
  spanId: string;
  parentSpanId: string;
  name: string;
  kind: 1 | 3;
  startMs: number;
  endMs: number;
  failed: boolean;
  attributes: Attributes;
}

export type Level = "debug" | "info" | "warning" | "error";

export interface LogRecord {
  timeMs: number;
  level: Level;
  message: string;
  traceId: string;
  spanId: string;
  attributes: Attributes;
}

const SEVERITY: Record<Level, [number, string]> = {
  debug: [5, "DEBUG"],
  info: [9, "INFO"],
  warning: [13, "WARN"],
  error: [17, "ERROR"],
};

const SCOPE = { name: "@eduscope/browser", version: "0.1.0" };

// Microseconds are all a browser has; the last three digits of the nanoseconds are zero.
const nanoseconds = (ms: number): string => `${Math.round(ms * 1000)}000`;

function keyValues(attributes: Attributes): object[] {
  const pairs: object[] = [];
  for (const [key, value] of Object.entries(attributes)) {
    if (value === undefined || value === "") continue;
    if (typeof value === "number" && !Number.isFinite(value)) continue;
    pairs.push({ key, value: anyValue(value) });
  }
  return pairs;
}

function anyValue(value: string | number | boolean): object {
  if (typeof value === "string") return { stringValue: value };
  if (typeof value === "boolean") return { boolValue: value };
  return Number.isSafeInteger(value) ? { intValue: String(value) } : { doubleValue: value };
}

function spanJson(span: SpanRecord): object {
  return {
    traceId: span.traceId,
    spanId: span.spanId,
    ...(span.parentSpanId && { parentSpanId: span.parentSpanId }),
    name: span.name,
    kind: span.kind,
    startTimeUnixNano: nanoseconds(span.startMs),
    endTimeUnixNano: nanoseconds(span.endMs),
    attributes: keyValues(span.attributes),
    status: { code: span.failed ? 2 : 0 },
  };
}

function logJson(log: LogRecord): object {
  const [severityNumber, severityText] = SEVERITY[log.level];
  return {
    timeUnixNano: nanoseconds(log.timeMs),
    severityNumber,
    severityText,
    body: { stringValue: log.message },
    attributes: keyValues(log.attributes),
    traceId: log.traceId,
    spanId: log.spanId,
  };
}

/** The body of `POST …/v1/traces`. */
export function tracesBody(resource: Attributes, spans: readonly SpanRecord[]): string {
  const scopeSpans = [{ scope: SCOPE, spans: spans.map(spanJson) }];
  return JSON.stringify({ resourceSpans: [{ resource: { attributes: keyValues(resource) }, scopeSpans }] });
}

/** The body of `POST …/v1/logs`. */
export function logsBody(resource: Attributes, logs: readonly LogRecord[]): string {
  const scopeLogs = [{ scope: SCOPE, logRecords: logs.map(logJson) }];
  return JSON.stringify({ resourceLogs: [{ resource: { attributes: keyValues(resource) }, scopeLogs }] });
}
