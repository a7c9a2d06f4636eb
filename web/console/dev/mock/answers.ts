import type {
  Correlation,
  ErrorGroup,
  FieldInfo,
  Histogram,
  Level,
  Log,
  ServiceSummary,
  Span,
  Trace,
  TraceSummary,
} from "../../src/api/types";
import { resolveInstant } from "../../src/time/range";
import type { School } from "./school";
import { compile } from "./search";

export interface Window {
  fromMs: number;
  toMs: number;
}

export function windowOf(search: URLSearchParams): Window {
  const now = Date.now();
  const fromMs = resolveInstant(search.get("from") || "-1h", now) ?? now - 3_600_000;
  return { fromMs, toMs: resolveInstant(search.get("to") || "now", now) ?? now };
}

const within = (timestamp: string, { fromMs, toMs }: Window) => {
  const at = Date.parse(timestamp);
  return at >= fromMs && at < toMs;
};

export function findLogs(school: School, search: URLSearchParams): Log[] {
  const asked = compile(search.get("query") ?? "");
  const window = windowOf(search);
  const tenant = search.get("tenant");
  return school.logs
    .filter((log) => within(log.timestamp, window) && (!tenant || log.tenant_id === tenant) && asked(log))
    .sort((one, other) => other.timestamp.localeCompare(one.timestamp));
}

export function page<T>(found: T[], search: URLSearchParams): { items: T[]; next_cursor: string | null } {
  const offset = Number(search.get("cursor") ?? 0);
  const end = offset + Number(search.get("limit") ?? 100);
  return { items: found.slice(offset, end), next_cursor: end < found.length ? String(end) : null };
}

export function histogram(found: Log[], search: URLSearchParams): Histogram {
  const { fromMs, toMs } = windowOf(search);
  const count = Number(search.get("buckets") ?? 60);
  const stepMs = Math.max(1000, Math.ceil((toMs - fromMs) / count / 1000) * 1000);
  const buckets = Array.from({ length: Math.ceil((toMs - fromMs) / stepMs) }, (_, index) => ({
    start: new Date(fromMs + index * stepMs).toISOString(),
    counts: { debug: 0, info: 0, warning: 0, error: 0, critical: 0 } as Record<Level, number>,
  }));
  for (const log of found) {
    const bucket = buckets[Math.floor((Date.parse(log.timestamp) - fromMs) / stepMs)];
    if (bucket) bucket.counts[log.log_level] += 1;
  }
  return { interval_seconds: stepMs / 1000, buckets };
}

const DESCRIBED: [string, string, string][] = [
  ["log_level", "label", "How bad it is"],
  ["service_name", "label", "The service that wrote it"],
  ["tenant_id", "label", "The school or university"],
  ["http.route", "path", "The route template of a request"],
  ["http.request.method", "label", "GET, POST, …"],
  ["http.response.status_code", "measure", "The answer's status"],
  ["exception.type", "label", "The class of an error"],
  ["db.system.name", "label", "The database asked"],
  ["gen_ai.request.model", "label", "The model asked"],
  ["ai.model_version", "label", "The version of the model"],
  ["environment", "label", "production, staging, development"],
  ["correlation_id", "identifier", "One action of one person, across services"],
  ["duration_ms", "measure", "How long it took, in milliseconds"],
];

export function fields(found: Log[]): FieldInfo[] {
  return DESCRIBED.map(([name, fieldClass, description]) => {
    const counts = new Map<string, number>();
    if (fieldClass === "label" || fieldClass === "path" || name.endsWith("status_code")) {
      for (const log of found) {
        const value = String((log as unknown as Record<string, unknown>)[name] ?? log.attributes[name] ?? "");
        if (value) counts.set(value, (counts.get(value) ?? 0) + 1);
      }
    }
    const values = [...counts].map(([value, count]) => ({ value, count })).sort((a, b) => b.count - a.count);
    return { name, class: fieldClass, description, values: values.slice(0, 10) };
  });
}

export function summarise(spans: Span[]): TraceSummary[] {
  const traces = new Map<string, Span[]>();
  for (const span of spans) traces.set(span.trace_id, [...(traces.get(span.trace_id) ?? []), span]);
  return [...traces.values()].map((own) => {
    const root = own.find((span) => span.parent_span_id === "") ?? (own[0] as Span);
    const end = Math.max(...own.map((span) => Date.parse(span.timestamp) + span.duration_ms));
    return {
      trace_id: root.trace_id,
      root_name: root.name,
      root_service: root.service_name,
      timestamp: root.timestamp,
      duration_ms: end - Date.parse(root.timestamp),
      span_count: own.length,
      error_count: own.filter((span) => span.status === "error").length,
      services: [...new Set(own.map((span) => span.service_name))],
      correlation_id: root.correlation_id,
    };
  });
}

export function findTraces(school: School, search: URLSearchParams): TraceSummary[] {
  const window = windowOf(search);
  const [service, status, tenant] = ["service", "status", "tenant"].map((name) => search.get(name));
  const least = Number(search.get("min_duration_ms") ?? 0);
  const spans = school.spans.filter(
    (span) => within(span.timestamp, window) && (!tenant || span.tenant_id === tenant),
  );
  return summarise(spans)
    .filter((trace) => trace.duration_ms >= least && (!service || trace.services.includes(service)))
    .filter((trace) => !status || (status === "error") === trace.error_count > 0)
    .sort((one, other) => other.timestamp.localeCompare(one.timestamp));
}

export function trace(school: School, id: string): Trace | null {
  const spans = school.spans.filter((span) => span.trace_id === id);
  const summary = summarise(spans)[0];
  if (!summary) return null;
  const logs = school.logs.filter((log) => log.trace_id === id);
  return {
    trace_id: id,
    correlation_id: summary.correlation_id,
    timestamp: summary.timestamp,
    duration_ms: summary.duration_ms,
    spans,
    logs,
    truncated: false,
  };
}

export function correlation(school: School, id: string): Correlation | null {
  const names = ["correlation_id", "trace_id", "request_id"] as const;
  const matched = names.filter((name) => school.spans.some((span) => span[name] === id));
  const bears = (record: Span | Log) => names.some((name) => record[name] === id);
  const items: Correlation["items"] = [
    ...school.logs.filter(bears).map((log) => ({ ...log, kind: "log" as const })),
    ...school.spans.filter(bears).map((span) => ({ ...span, span_kind: span.kind, kind: "span" as const })),
  ].sort((one, other) => one.timestamp.localeCompare(other.timestamp));
  if (items.length === 0) return null;
  return {
    id,
    matched_as: matched,
    from: items[0]?.timestamp ?? "",
    to: items.at(-1)?.timestamp ?? "",
    services: [...new Set(items.map((item) => item.service_name))],
    trace_ids: [...new Set(items.map((item) => item.trace_id))],
    items,
    truncated: false,
  };
}

export function errors(found: Log[]): ErrorGroup[] {
  const groups = new Map<string, ErrorGroup>();
  for (const log of found) {
    const type = String(log.attributes["exception.type"] ?? "");
    if (!type) continue;
    const key = `${log.service_name}/${type}`;
    const group = groups.get(key) ?? {
      service_name: log.service_name,
      type,
      message: String(log.attributes["exception.message"] ?? ""),
      count: 0,
      first_seen: log.timestamp,
      last_seen: log.timestamp,
      correlation_id: log.correlation_id,
      trace_id: log.trace_id,
    };
    groups.set(key, { ...group, count: group.count + 1, first_seen: log.timestamp });
  }
  return [...groups.values()];
}

export function services(school: School, search: URLSearchParams): ServiceSummary[] {
  const window = windowOf(search);
  const spanMs = window.toMs - window.fromMs;
  const names = [...new Set(school.spans.map((span) => span.service_name))].sort();
  return names
    .map((name) => {
      const own = school.spans.filter((span) => span.service_name === name && within(span.timestamp, window));
      const served = own.filter((span) => span.kind === "server" || span.kind === "consumer");
      const sorted = served.map((span) => span.duration_ms).sort((one, other) => one - other);
      const at = (share: number) => sorted[Math.floor(sorted.length * share)] ?? null;
      const perBucket = (spans: Span[]) => {
        const counts = Array<number>(30).fill(0);
        for (const span of spans) {
          const index = Math.min(
            29,
            Math.floor(((Date.parse(span.timestamp) - window.fromMs) / spanMs) * 30),
          );
          counts[index] = (counts[index] ?? 0) + 1;
        }
        return counts;
      };
      const failed = served.filter((span) => span.status === "error");
      return {
        service_name: name,
        log_count: school.logs.filter((log) => log.service_name === name && within(log.timestamp, window))
          .length,
        span_count: own.length,
        request_count: served.length,
        requests_per_second: served.length / (spanMs / 1000),
        error_rate: served.length ? failed.length / served.length : 0,
        p50_ms: at(0.5),
        p95_ms: at(0.95),
        p99_ms: at(0.99),
        last_seen: own.at(-1)?.timestamp ?? "",
        requests: perBucket(served),
        errors: perBucket(failed),
      };
    })
    .filter((service) => service.span_count > 0);
}
