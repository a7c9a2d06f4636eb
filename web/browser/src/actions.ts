/** What the user is doing: a page view or an action, each with its own correlation id and trace. */

import { newCorrelationId, newSpanId, newTraceId } from "./ids.js";
import type { Attributes } from "./otlp.js";

/** One page view or user action. What is fetched in it is its child. */
export interface Action {
  readonly name: string;
  readonly correlationId: string;
  readonly traceId: string;
  readonly spanId: string;
  readonly startMs: number;
}

/** Milliseconds since 1970, with the monotonic clock's fractions. */
export const nowMs = (): number => performance.timeOrigin + performance.now();

/** An action with a correlation id of its own, or of the journey that it is a step of. */
export function newAction(name: string, correlationId: string = newCorrelationId()): Action {
  return {
    name,
    correlationId,
    traceId: newTraceId(),
    spanId: newSpanId(),
    startMs: nowMs(),
  };
}

/** The headers by which the next hop joins the action: its correlation id, and `spanId` as parent. */
export function propagation(action: Action, spanId: string, tenantId: string): Record<string, string> {
  const tenant = tenantId ? `,tenant_id=${encodeURIComponent(tenantId)}` : "";
  return {
    "x-correlation-id": action.correlationId,
    traceparent: `00-${action.traceId}-${spanId}-01`,
    baggage: `correlation_id=${action.correlationId}${tenant}`,
  };
}

/** The attributes that every record of an action bears. */
export function ids(action: Action, tenantId: string): Attributes {
  return { correlation_id: action.correlationId, tenant_id: tenantId };
}
