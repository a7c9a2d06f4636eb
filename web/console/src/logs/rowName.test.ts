import { expect, it } from "vitest";
import { aLog } from "../../dev/records";
import { rowName, viewOfRow } from "./rowName";

const log = { ...aLog("said", 0), timestamp: "2026-11-23T10:00:00.123456Z", service_name: "courses" };

it("ends the view right behind the row, so that it stands on top", () => {
  expect(viewOfRow(log, "level:error")).toEqual({
    query: "level:error",
    from: "2026-11-23T09:59:00.123Z",
    to: "2026-11-23T10:00:00.124Z",
    row: rowName(log),
  });
});
