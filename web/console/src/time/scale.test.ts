import { describe, expect, it } from "vitest";
import { pauses, TimeScale } from "./scale";

const ms = (startMs: number, endMs: number) => ({ startUs: startMs * 1000, endUs: endMs * 1000 });

describe("TimeScale", () => {
  it("marks round offsets, none so near the end that its label is cut", () => {
    expect(new TimeScale(0, 350_400).ticks(7).map((tick) => tick.ms)).toEqual([0, 100, 200, 300]);
  });

  it("holds what lies outside at the edge, and draws a moment without length", () => {
    const scale = new TimeScale(1000, 1000);
    expect([scale.at(0), scale.at(1000), scale.at(9999)]).toEqual([0, 0, 100]);
  });

  it("folds a long pause, so that what happens on either side can be read", () => {
    const scale = TimeScale.over([ms(0, 10), ms(2, 8), ms(10_000, 10_010)]);
    expect(scale.at(10_000)).toBeCloseTo(47.5);
    expect(scale.at(10_000_000)).toBeCloseTo(52.5);
    expect(scale.breaks).toEqual([{ left: expect.closeTo(47.5), width: 5, ms: 9990 }]);
    expect(scale.spanMs).toBe(10_010);
    expect(scale.at(10_010_000)).toBeCloseTo(100);
  });

  it("ticks on both sides of a fold and not in it", () => {
    const ticks = TimeScale.over([ms(0, 10), ms(10_000, 10_010)]).ticks(6);
    expect(ticks.map((tick) => tick.ms)).toEqual([0, 5, 10_000, 10_005]);
  });

  it("folds nothing while something spans the whole", () => {
    expect(TimeScale.over([ms(0, 100), ms(0, 1), ms(99, 100)]).breaks).toEqual([]);
  });

  it("draws points alone, and nothing at all", () => {
    const points = TimeScale.over([ms(0, 0), ms(50, 50), ms(100, 100)]);
    expect([points.at(0), points.at(100_000)].every(Number.isFinite)).toBe(true);
    expect(TimeScale.over([]).ticks(5).length).toBeGreaterThan(0);
  });
});

it("finds pauses whatever the order and overlap", () => {
  expect(pauses([ms(50, 60), ms(0, 10), ms(5, 30)], 10_000)).toEqual([ms(30, 50)]);
});
