import { LEVELS, type TimelineItem } from "../api/types";
import { brief } from "../parts/brief";
import { microseconds } from "../time/instant";

export interface Entry {
  item: TimelineItem;
  key: string;
  startUs: number;
  endUs: number;
  failed: boolean;
  title: string;
  /** What is worth knowing beside the title: the SQL, the route, the model, the reason. */
  aside: string;
}

export interface Lane {
  service: string;
  rows: Entry[][];
  marks: Entry[];
  failed: number;
}

const FAILED_FROM = LEVELS.indexOf("error");
/** A lane shows this many overlapping spans beneath each other; deeper ones share the last row. */
const MOST_ROWS = 5;

/** The items of a correlation in time order, with what every view of them needs worked out once. */
export function entries(items: readonly TimelineItem[]): Entry[] {
  const seen = new Map<string, number>();
  return items
    .map((item) => entry(item, seen))
    .sort((one, other) => one.startUs - other.startUs || other.endUs - one.endUs);
}

// A key stands in addresses that people share: what arrives later must not change it, as a place in the list would.
function keyOf(item: TimelineItem, seen: Map<string, number>): string {
  const name = `${item.kind} ${item.timestamp} ${item.span_id}`;
  const before = seen.get(name) ?? 0;
  seen.set(name, before + 1);
  return before === 0 ? name : `${name} ${before}`;
}

function entry(item: TimelineItem, seen: Map<string, number>): Entry {
  const startUs = microseconds(item.timestamp);
  const span = item.kind === "span";
  const title = span ? item.name : item.kind === "log" ? item.message : "";
  return {
    item,
    key: keyOf(item, seen),
    startUs,
    endUs: span ? startUs + item.duration_ms * 1000 : startUs,
    failed: span ? item.status === "error" : LEVELS.indexOf(item.log_level) >= FAILED_FROM,
    title: title || "(no message)",
    aside: aside(item, title),
  };
}

function aside(item: TimelineItem, title: string): string {
  const reason = item.kind === "span" ? item.status_message : "";
  return [reason, brief(title, item.attributes ?? {})].filter((part) => part !== "").join(" · ");
}

/** Whether an entry holds a text anywhere a reader would see it. */
export function holds(each: Entry, text: string): boolean {
  const wanted = text.trim().toLowerCase();
  if (wanted === "") return true;
  const { item } = each;
  const own = [each.title, each.aside, item.service_name, item.span_id, item.trace_id, item.request_id];
  const attributes = Object.entries(item.attributes ?? {}).map(([name, value]) => `${name} ${value}`);
  return [...own, ...attributes].some((part) => part.toLowerCase().includes(wanted));
}

/** One lane per service in the order of first appearance: spans as bars, log lines as marks. */
export function lanes(all: readonly Entry[]): Lane[] {
  const found = new Map<string, Lane>();
  for (const each of all) {
    const service = each.item.service_name;
    const lane = found.get(service) ?? { service, rows: [], marks: [], failed: 0 };
    found.set(service, lane);
    if (each.failed) lane.failed += 1;
    if (each.item.kind === "span") rowFor(lane, each).push(each);
    else lane.marks.push(each);
  }
  return [...found.values()];
}

/** The first row that is free when a span starts (entries come in the order of their start). */
function rowFor(lane: Lane, each: Entry): Entry[] {
  const free = lane.rows.find((row) => (row.at(-1)?.endUs ?? 0) <= each.startUs);
  if (free) return free;
  if (lane.rows.length < MOST_ROWS) {
    const row: Entry[] = [];
    lane.rows.push(row);
    return row;
  }
  return lane.rows[MOST_ROWS - 1] ?? [];
}
