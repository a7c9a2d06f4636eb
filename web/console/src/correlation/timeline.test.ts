import { expect, it } from "vitest";
import { aLog, aSpan } from "../../dev/records";
import type { TimelineItem } from "../api/types";
import { entries, holds, lanes } from "./timeline";

const span = (name: string, startMs: number, durationMs: number, rest = {}): TimelineItem => ({
  ...aSpan(name, startMs, durationMs),
  kind: "span",
  ...rest,
});
const log = (message: string, ms: number, rest = {}): TimelineItem => ({
  ...aLog(message, ms),
  kind: "log",
  ...rest,
});

it("orders by start, an enclosing span before what it encloses", () => {
  const all = entries([log("inside", 0), span("short", 0, 5), span("long", 0, 50)]);
  expect(all.map((each) => each.title)).toEqual(["long", "short", "inside"]);
});

it("calls failed spans and lines from error upwards failed", () => {
  const all = entries([
    log("fine", 0, { log_level: "warning" }),
    log("bad", 1, { log_level: "critical" }),
    span("broken", 2, 1, { status: "error" }),
  ]);
  expect(all.filter((each) => each.failed).map((each) => each.title)).toEqual(["bad", "broken"]);
});

it("finds a text in the title and in any attribute", () => {
  const [each] = entries([
    span("SELECT", 0, 1, { attributes: { "db.query.text": "SELECT grade FROM marks" } }),
  ]);
  expect(each && [holds(each, "select"), holds(each, "MARKS"), holds(each, "insert")]).toEqual([
    true,
    true,
    false,
  ]);
});

it("stacks overlapping spans of a service, and reuses a row that is free again", () => {
  const [lane] = lanes(entries([span("all", 0, 100), span("first", 10, 20), span("second", 40, 20)]));
  expect(lane?.rows.map((row) => row.map((each) => each.title))).toEqual([["all"], ["first", "second"]]);
});

it("keeps services in the order of their first appearance", () => {
  const items = [span("b", 5, 1, { service_name: "tutor" }), span("a", 0, 1, { service_name: "gateway" })];
  expect(lanes(entries(items)).map((lane) => lane.service)).toEqual(["gateway", "tutor"]);
});

it("keeps the key of an item, which stands in shared addresses, when something arrives later", () => {
  const items = [log("twice", 5), log("twice", 5)];
  const before = entries(items).map((each) => each.key);
  const after = entries([span("late", 0, 1), ...items]).map((each) => each.key);
  expect(new Set(before).size).toBe(2);
  expect(after).toEqual([expect.any(String), ...before]);
});
