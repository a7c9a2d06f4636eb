/** Random ids, as W3C trace context and the contract want them. */

function hex(bytes: number): string {
  const random = crypto.getRandomValues(new Uint8Array(bytes));
  return Array.from(random, (b) => b.toString(16).padStart(2, "0")).join("");
}

/** 32 hex digits, never all zero. */
export const newTraceId = (): string => hex(16);

/** 16 hex digits. */
export const newSpanId = (): string => hex(8);

/** A correlation id: 32 hex digits. One for each page view and each user action. */
export const newCorrelationId = (): string => hex(16);

/** Whether a text may stand as a correlation id. */
export const isCorrelationId = (text: string): boolean => /^[A-Za-z0-9._-]{8,64}$/.test(text);
