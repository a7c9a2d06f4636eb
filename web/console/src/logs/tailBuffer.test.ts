import { expect, it } from "vitest";
import { aLog } from "../../dev/records";
import { EMPTY_TAIL, HELD_LINES, KEPT_LINES, receive, release } from "./tailBuffer";

const some = (count: number, from = 0) =>
  Array.from({ length: count }, (_, index) => aLog(`${from + index}`, from + index));

it("puts the newest line on top", () => {
  const { lines } = receive(receive(EMPTY_TAIL, some(2), false), some(1, 2), false);
  expect(lines.map((line) => line.message)).toEqual(["2", "1", "0"]);
});

it("puts a line that comes late where it belongs", () => {
  const { lines } = receive(receive(EMPTY_TAIL, some(1, 5), false), some(1, 3), false);
  expect(lines.map((line) => line.message)).toEqual(["5", "3"]);
});

it("holds lines back while paused, and shows them in order when it goes on", () => {
  const paused = receive(receive(EMPTY_TAIL, some(1), false), some(2, 1), true);
  expect(paused.lines).toHaveLength(1);
  expect(release(paused).lines.map((line) => line.message)).toEqual(["2", "1", "0"]);
});

it("stays bounded, and counts what it let go while paused", () => {
  expect(receive(EMPTY_TAIL, some(KEPT_LINES + 5), false).lines).toHaveLength(KEPT_LINES);
  const flooded = receive(EMPTY_TAIL, some(HELD_LINES + 7), true);
  expect([flooded.held.length, flooded.dropped]).toEqual([HELD_LINES, 7]);
});
