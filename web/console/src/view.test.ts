import { expect, it } from "vitest";
import { nextHue } from "./parts/serviceHue";
import { rangePatch, withParameters } from "./view";

it("changes parameters and takes empty ones out", () => {
  const search = new URLSearchParams("query=a&tenant=t");
  expect(withParameters("/logs", search, { query: "b c", tenant: "", from: null })).toBe("/logs?query=b+c");
  expect(withParameters("/logs", new URLSearchParams(), {})).toBe("/logs");
});

it("leaves the default range out of the address", () => {
  expect(rangePatch({ from: "-1h", to: "now" })).toEqual({ from: null, to: null });
  expect(rangePatch({ from: "-5m", to: "now" })).toEqual({ from: "-5m", to: null });
});

it("gives a new service the colour farthest from those taken", () => {
  expect(nextHue("courses", new Set([0]))).toBe(6);
  expect(nextHue("courses", new Set())).toBe(nextHue("courses", new Set()));
});
