import type { Log } from "../api/types";
import type { Patch } from "../view";

const BEFORE_MS = 60_000;

/** What an address calls an opened row. Records have no id; of two alike, the newer one is meant. */
export const rowName = (log: Log): string => `${log.timestamp} ${log.service_name}`;

/** The view in which a row stands on top and open, whenever one looks. */
export function viewOfRow(log: Log, query: string): Patch {
  const at = Date.parse(log.timestamp);
  return {
    query,
    from: new Date(at - BEFORE_MS).toISOString(),
    // The end is excluded, and times are kept to the microsecond.
    to: new Date(at + 1).toISOString(),
    row: rowName(log),
  };
}
