import { describe, expect, it } from "vitest";
import { aLog, aSpan } from "../../dev/records";
import type { Log, Span } from "../api/types";
import { type Row, waterfall } from "./waterfall";

const draw = (spans: Span[], logs: Log[] = [], folded: string[] = []) =>
  waterfall({ spans, logs }, { folded: new Set(folded), showLogs: true });
const outline = (rows: Row[]) =>
  rows.map((row) => `${"  ".repeat(row.depth)}${row.kind === "span" ? row.key : row.log.message}`);

const TREE = [
  aSpan("sql", 20, 30, { parent_span_id: "service" }),
  aSpan("web", 0, 100),
  aSpan("model", 5, 5, { parent_span_id: "service" }),
  aSpan("service", 4, 90, { parent_span_id: "web" }),
];

describe("waterfall", () => {
  it("hangs spans under their parents in the order of their start", () => {
    expect(outline(draw(TREE).rows)).toEqual(["web", "  service", "    model", "    sql"]);
  });

  it("puts log lines under their span, between its children by time", () => {
    const logs = [aLog("after", 60, { span_id: "service" }), aLog("between", 12, { span_id: "service" })];
    expect(outline(draw(TREE, logs).rows)).toEqual([
      "web",
      "  service",
      "    model",
      "    between",
      "    sql",
      "    after",
    ]);
  });

  it("keeps log lines of spans that are not there aside", () => {
    expect(draw(TREE, [aLog("lost", 1, { span_id: "elsewhere" })]).loose.map((log) => log.message)).toEqual([
      "lost",
    ]);
  });

  it("folds all that is below a span, and still tells of a failure in there", () => {
    const failing = TREE.map((span) =>
      span.span_id === "sql" ? { ...span, status: "error" as const } : span,
    );
    const [web, service, ...rest] = draw(failing, [aLog("in it", 9, { span_id: "model" })], ["service"]).rows;
    expect(rest).toEqual([]);
    expect(service).toMatchObject({ key: "service", below: 2, errorBelow: true });
    expect(web).toMatchObject({ key: "web", below: 3, errorBelow: true });
  });

  it("shows a span without its parent at the top, and says so", () => {
    const [row] = draw([aSpan("late", 0, 1, { parent_span_id: "never-sent" })]).rows;
    expect(row).toMatchObject({ depth: 0, orphan: true });
  });

  it("loses no span where parents go round in a circle", () => {
    const round = [
      aSpan("a", 0, 1, { parent_span_id: "b" }),
      aSpan("b", 0, 1, { parent_span_id: "a" }),
      aSpan("self", 0, 1, { parent_span_id: "self" }),
    ];
    expect(
      draw(round)
        .rows.map((row) => row.key)
        .sort(),
    ).toEqual(["a", "b", "self"]);
  });

  it("reaches from the first to the last thing that happened", () => {
    const { scale } = draw(TREE, [aLog("late", 130, { span_id: "web" })]);
    expect(scale.spanMs).toBe(130);
  });
});
