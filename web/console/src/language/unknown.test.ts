import { expect, it } from "vitest";
import { unknownFields } from "./unknown";

const SEEN = [{ name: "http.route" }];

it("names the fields that no recent record has, once each", () => {
  expect(unknownFields('sevice:courses -sevice:tutor http.route:/ level:error "user:x"', SEEN)).toEqual([
    "sevice",
  ]);
});

it("says nothing while it does not know what there is", () => {
  expect(unknownFields("sevice:courses", [])).toEqual([]);
});
