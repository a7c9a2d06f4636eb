import type { Log, Span } from "../api/types";
import { microseconds } from "../time/instant";
import { type Stretch, TimeScale } from "../time/scale";

export interface SpanRow {
  kind: "span";
  key: string;
  span: Span;
  depth: number;
  /** Its parent is named but not here: sampled out, late, or never sent. */
  orphan: boolean;
  /** How many spans stand below it, folded or not. */
  below: number;
  folded: boolean;
  /** Something failed below it; shown while it is folded. */
  errorBelow: boolean;
  startUs: number;
  endUs: number;
  logs: Log[];
}

export interface LogRow {
  kind: "log";
  key: string;
  log: Log;
  depth: number;
  atUs: number;
}

export type Row = SpanRow | LogRow;

export interface Waterfall {
  rows: Row[];
  scale: TimeScale;
  /** Logs whose span is not in the trace. */
  loose: Log[];
}

interface Node {
  span: Span;
  children: Node[];
  orphan: boolean;
  logs: Log[];
  startUs: number;
}

export interface WaterfallOptions {
  folded: ReadonlySet<string>;
  showLogs: boolean;
}

/** A trace as rows from top to bottom: spans under their parents by start, log lines under their span. */
export function waterfall(trace: { spans: Span[]; logs: Log[] }, options: WaterfallOptions): Waterfall {
  const nodes = new Map(trace.spans.map((span) => [span.span_id, nodeOf(span)]));
  const loose: Log[] = [];
  for (const log of trace.logs) (nodes.get(log.span_id)?.logs ?? loose).push(log);
  const roots = link(nodes);
  const rows: Row[] = [];
  for (const root of roots) place(root, 0, { rows, ...options });
  return { rows, loose, scale: TimeScale.over(stretches(trace)) };
}

const nodeOf = (span: Span): Node => ({
  span,
  children: [],
  orphan: false,
  logs: [],
  startUs: microseconds(span.timestamp),
});

/** Hangs every span under its parent. A circle of parents is cut open, so that no span is lost. */
function link(nodes: Map<string, Node>): Node[] {
  const roots: Node[] = [];
  for (const node of nodes.values()) {
    const parent = nodes.get(node.span.parent_span_id);
    if (parent && !isAbove(nodes, { node, from: parent })) parent.children.push(node);
    else {
      node.orphan = node.span.parent_span_id !== "";
      roots.push(node);
    }
  }
  const byStart = (one: Node, other: Node) => one.startUs - other.startUs;
  for (const node of nodes.values()) node.children.sort(byStart);
  return roots.sort(byStart);
}

/** Whether `node` is met on the way up from `from`. The circle is cut at its member with the least id. */
function isAbove(nodes: Map<string, Node>, { node, from }: { node: Node; from: Node }): boolean {
  let least = node.span.span_id;
  const seen = new Set<Node>();
  for (let at: Node | undefined = from; at && !seen.has(at); at = nodes.get(at.span.parent_span_id)) {
    if (at === node) return node.span.span_id === least;
    seen.add(at);
    if (at.span.span_id < least) least = at.span.span_id;
  }
  return false;
}

interface Placing extends WaterfallOptions {
  rows: Row[];
}

/** Puts a span and what is below it into the rows; says how many spans that was and whether one failed. */
function place(node: Node, depth: number, into: Placing): { count: number; failed: boolean } {
  const folded = into.folded.has(node.span.span_id);
  const startUs = node.startUs;
  const row: SpanRow = {
    kind: "span",
    key: node.span.span_id,
    span: node.span,
    depth,
    orphan: node.orphan,
    below: 0,
    folded,
    errorBelow: false,
    startUs,
    endUs: startUs + node.span.duration_ms * 1000,
    logs: node.logs,
  };
  into.rows.push(row);
  const below: Placing = folded ? { ...into, rows: [] } : into;
  const lines = into.showLogs && !folded ? [...node.logs] : [];
  lines.sort((one, other) => microseconds(one.timestamp) - microseconds(other.timestamp));
  const until = (us: number) => {
    while (lines[0] && microseconds(lines[0].timestamp) < us)
      below.rows.push(logRow(lines.shift() as Log, depth + 1));
  };
  for (const child of node.children) {
    until(child.startUs);
    const { count, failed } = place(child, depth + 1, below);
    row.below += count;
    row.errorBelow ||= failed;
  }
  until(Number.POSITIVE_INFINITY);
  return { count: row.below + 1, failed: row.errorBelow || node.span.status === "error" };
}

let nextLogKey = 0;
const logKeys = new WeakMap<Log, string>();

function logRow(log: Log, depth: number): LogRow {
  const key = logKeys.get(log) ?? `log ${nextLogKey++}`;
  logKeys.set(log, key);
  return { kind: "log", key, log, depth, atUs: microseconds(log.timestamp) };
}

/** When each thing of a trace went on; a log line is a moment. */
function stretches({ spans, logs }: { spans: Span[]; logs: Log[] }): Stretch[] {
  const ofSpans = spans.map((span) => {
    const startUs = microseconds(span.timestamp);
    return { startUs, endUs: startUs + span.duration_ms * 1000 };
  });
  const ofLogs = logs.map((log) => ({
    startUs: microseconds(log.timestamp),
    endUs: microseconds(log.timestamp),
  }));
  return [...ofSpans, ...ofLogs];
}
