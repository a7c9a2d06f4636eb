import { describe, expect, it } from "vitest";
import {
  absoluteRange,
  describeRange,
  isLongerThanDay,
  readRelative,
  resolveInstant,
  widened,
} from "./range";

const NOW = Date.parse("2026-11-23T10:00:00Z");

describe("resolveInstant", () => {
  it("reads now, how long ago, and RFC 3339", () => {
    expect(resolveInstant("now", NOW)).toBe(NOW);
    expect(resolveInstant("-15m", NOW)).toBe(NOW - 15 * 60_000);
    expect(resolveInstant("-7d", NOW)).toBe(NOW - 7 * 86_400_000);
    expect(resolveInstant("2026-11-23T09:00:00+01:00", NOW)).toBe(Date.parse("2026-11-23T08:00:00Z"));
  });

  it("says null to what is no time", () => {
    expect(resolveInstant("yesterday", NOW)).toBeNull();
    expect(resolveInstant("-15", NOW)).toBeNull();
  });
});

describe("readRelative", () => {
  it.each([
    ["45m", "-45m"],
    [" -3 h ", "-3h"],
    ["90 min", "-90m"],
    ["2D", "-2d"],
  ])("takes %s as %s", (typed, wanted) => expect(readRelative(typed)).toBe(wanted));

  it.each(["", "0m", "m", "3x", "-"])("refuses %j", (typed) => expect(readRelative(typed)).toBeNull());
});

describe("describeRange", () => {
  it("speaks of a relative range in words", () => {
    expect(describeRange({ from: "-1h", to: "now" }, NOW)).toBe("Last hour");
    expect(describeRange({ from: "-15m", to: "now" }, NOW)).toBe("Last 15 minutes");
  });

  it("names the day once when both ends share it", () => {
    const local = (hour: number) => new Date(2026, 10, 23, hour).toISOString();
    expect(describeRange({ from: local(9), to: local(10) }, NOW)).toBe("23 Nov 09:00:00 – 10:00:00");
  });

  it("shows what it cannot read as it stands", () => {
    expect(describeRange({ from: "soon", to: "now" }, NOW)).toBe("soon to now");
  });
});

describe("ranges made here", () => {
  it("puts the ends of a drag to the left in the order of time", () => {
    expect(absoluteRange(NOW, NOW - 1000)).toEqual({
      from: "2026-11-23T09:59:59.000Z",
      to: "2026-11-23T10:00:00.000Z",
    });
  });

  it("widens to twice the length, and never into the future", () => {
    expect(widened({ from: "-1h", to: "now" }, NOW)).toEqual(absoluteRange(NOW - 90 * 60_000, NOW));
    const past = widened({ from: "2026-11-23T08:00:00Z", to: "2026-11-23T09:00:00Z" }, NOW);
    expect(past).toEqual({ from: "2026-11-23T07:30:00.000Z", to: "2026-11-23T09:30:00.000Z" });
  });
});

it("knows when a time of day alone would say too little", () => {
  expect(["-1h", "-1d", "-3d"].map((from) => isLongerThanDay({ from, to: "now" }, NOW))).toEqual([
    false,
    false,
    true,
  ]);
});
