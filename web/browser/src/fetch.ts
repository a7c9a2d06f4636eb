/** The page's fetch, so that a request carries the correlation and leaves a span. */

import { type Action, nowMs, propagation } from "./actions.js";
import { newSpanId } from "./ids.js";
import type { Attributes, SpanRecord } from "./otlp.js";
import { requestTemplate } from "./path.js";

type Fetch = typeof fetch;

export interface FetchTracing {
  /** The page's own fetch. */
  original: Fetch;
  /** The action a request belongs to when it is made. */
  current: () => Action;
  tenantId: () => string;
  /** Where, besides the page's own origin, the headers may be sent. */
  allowOrigins: readonly string[];
  /** Requests below this address are the SDK's own. */
  endpoint: string;
  /** The routes of the page's API, as templates. */
  routes: readonly string[];
  record: (span: SpanRecord, action: Action) => void;
  /** The requests that have no answer yet. */
  underway: Map<SpanRecord, Action>;
}

/** Records a request that is over, once. */
export function finished(tracing: FetchTracing, span: SpanRecord): void {
  const action = tracing.underway.get(span);
  if (!action || !tracing.underway.delete(span)) return;
  span.endMs = nowMs();
  tracing.record(span, action);
}

/** A fetch that does what the page's own does, with headers added and a span recorded. */
export function tracedFetch(tracing: FetchTracing): Fetch {
  return async function fetch(input, init) {
    const plan = guarded(() => prepare(tracing, input, init));
    if (!plan) return tracing.original(input, init);
    const { span, request } = plan;
    try {
      const answer = await tracing.original(request);
      span.attributes["http.response.status_code"] = answer.status;
      span.failed = answer.status >= 400;
      if (span.failed) span.attributes["error.type"] = String(answer.status);
      return answer;
    } catch (problem) {
      span.failed = true;
      span.attributes["error.type"] = problem instanceof Error ? problem.name : "Error";
      throw problem;
    } finally {
      guarded(() => finished(tracing, span));
    }
  };
}

/** A request of the page with headers on it, and its span; undefined for one that is none of ours. */
function prepare(tracing: FetchTracing, input: RequestInfo | URL, init: RequestInit | undefined) {
  const url = new URL(input instanceof Request ? input.url : String(input), location.href);
  const ours = url.origin === location.origin || tracing.allowOrigins.includes(url.origin);
  if (!ours || url.href.startsWith(new URL(tracing.endpoint, location.href).href)) return undefined;
  // Only now, for it takes the body out of an `input` that is a Request itself.
  const request = new Request(input instanceof Request ? input : url, init);
  const action = tracing.current();
  const span = fetchSpan(action, request.method, requestTemplate(url.pathname, tracing.routes), url);
  for (const [name, value] of Object.entries(propagation(action, span.spanId, tracing.tenantId()))) {
    request.headers.set(name, value);
  }
  tracing.underway.set(span, action);
  return { span, request };
}

function fetchSpan(action: Action, method: string, template: string, url: URL): SpanRecord {
  const attributes: Attributes = {
    "http.request.method": method,
    "url.path": template,
    "server.address": url.hostname,
  };
  return {
    traceId: action.traceId,
    spanId: newSpanId(),
    parentSpanId: action.spanId,
    name: `${method} ${template}`,
    kind: 3,
    startMs: nowMs(),
    endMs: 0,
    failed: false,
    attributes,
  };
}

/** What `work` gives; undefined where it fails. Telemetry never breaks the page. */
export function guarded<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch {
    return undefined;
  }
}
