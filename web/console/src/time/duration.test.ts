import { expect, it } from "vitest";
import { counted, humanDuration, humanOffset, humanRate, humanShare, shortCount } from "./duration";

it.each([
  [null, "–"],
  [0, "0 ms"],
  [0.0042, "4.2 µs"],
  [0.64, "640 µs"],
  [0.9999, "1 ms"],
  [12.34, "12.3 ms"],
  [999.4, "999 ms"],
  [999.9, "1 s"],
  [1240, "1.24 s"],
  [59_990, "1 min"],
  [125_000, "2 min 05 s"],
  [3_900_000, "1 h 05 min"],
  [90_000_000, "1 d 01 h"],
])("shows %s milliseconds as %s", (milliseconds, wanted) => expect(humanDuration(milliseconds)).toBe(wanted));

it("signs an offset on either side of the beginning", () => {
  expect(humanOffset(12.3)).toBe("+12.3 ms");
  expect(humanOffset(-2)).toBe("−2 ms");
});

it("keeps a rare thing visible among rates and shares", () => {
  expect([0.0001, 0.0083, 0.34].map(humanRate)).toEqual(["<0.001", "0.008", "0.34"]);
  expect(humanShare(0.00001)).toBe("<0.01 %");
  expect(humanShare(0.0123)).toBe("1.23 %");
});

it("shortens large counts", () => {
  expect([999, 1234, 30_000_000].map(shortCount)).toEqual(["999", "1.23k", "30M"]);
});

it("counts things in the singular and the plural", () => {
  expect([0, 1, 1200].map((count) => counted(count, "span"))).toEqual(["0 spans", "1 span", "1,200 spans"]);
});
