import type { Log } from "../api/types";

/** Lines kept on the page; older ones are still in the store. */
export const KEPT_LINES = 1000;
/** Lines held back while paused; what comes beyond them is counted, not kept. */
export const HELD_LINES = 2000;

export interface TailBuffer {
  /** Newest first. */
  lines: readonly Log[];
  held: readonly Log[];
  /** Lines that this page or the platform could not keep up with. */
  dropped: number;
}

export const EMPTY_TAIL: TailBuffer = { lines: [], held: [], dropped: 0 };

/** Takes new lines in (oldest first), onto the page or, while paused, behind it. */
export function receive(buffer: TailBuffer, arrived: readonly Log[], paused: boolean): TailBuffer {
  if (!paused) {
    return { ...buffer, lines: newestFirst(arrived, buffer.lines).slice(0, KEPT_LINES) };
  }
  const held = newestFirst(arrived, buffer.held);
  const over = Math.max(0, held.length - HELD_LINES);
  return { ...buffer, held: held.slice(0, HELD_LINES), dropped: buffer.dropped + over };
}

/** Shows what was held back. */
export function release(buffer: TailBuffer): TailBuffer {
  return { ...buffer, lines: newestFirst(buffer.held, buffer.lines).slice(0, KEPT_LINES), held: [] };
}

// Services send in batches of their own, so what comes last is not always what happened last.
function newestFirst(some: readonly Log[], others: readonly Log[]): Log[] {
  const order = (one: Log, other: Log) =>
    one.timestamp < other.timestamp ? 1 : one.timestamp > other.timestamp ? -1 : 0;
  return [...some, ...others].sort(order);
}
