import { expect, test, vi } from "vitest";
import { MOST_WAITING } from "../src/outbox.js";
import { attribute, usePage } from "./page.js";

const holder = usePage();

test("reports travel together after a little while", async () => {
  const telemetry = holder.page.open();
  telemetry.log("info", "one");
  telemetry.log("warning", "two", { "course.id": "riverside-algebra" });
  expect(holder.page.requests("/telemetry")).toEqual([]);
  await vi.advanceTimersByTimeAsync(2100);
  expect(holder.page.requests("/v1/logs").length).toBe(1);
  expect(holder.page.logs().map((l) => [l.severityText, l.body.stringValue])).toEqual([
    ["INFO", "one"],
    ["WARN", "two"],
  ]);
  expect(attribute(holder.page.logs()[1], "course.id")).toBe("riverside-algebra");
});

test("the resource names service, release and environment", async () => {
  const telemetry = holder.page.open();
  telemetry.log("info", "one");
  await telemetry.flush();
  const body = holder.page.requests("/v1/logs")[0]!.body as any;
  expect(attribute(body.resourceLogs[0].resource, "service.name")).toBe("edulearn-web");
  expect(attribute(body.resourceLogs[0].resource, "service.version")).toBe("1.2.3");
  expect(attribute(body.resourceLogs[0].resource, "deployment.environment.name")).toBe("test");
});

test("while the platform is away nothing is lost until the buffer is full, and the page keeps going", async () => {
  const telemetry = holder.page.open();
  holder.page.away = true;
  for (let i = 0; i < MOST_WAITING + 50; i++) telemetry.log("info", `line ${i}`);
  await vi.advanceTimersByTimeAsync(2100);
  holder.page.away = false;
  await vi.advanceTimersByTimeAsync(70_000);
  const lines = holder.page.logs().map((l) => l.body.stringValue);
  expect(lines.length).toBe(MOST_WAITING);
  expect(lines[0]).toBe("line 50");
});

test("a refused report is not sent again", async () => {
  const telemetry = holder.page.open();
  holder.page.status = 400;
  telemetry.log("info", "one");
  await telemetry.flush();
  await vi.advanceTimersByTimeAsync(70_000);
  expect(holder.page.requests("/v1/logs").length).toBe(1);
});

test("on leaving, an action and a request that have not ended are told of, once", async () => {
  const telemetry = holder.page.open();
  Object.defineProperty(navigator, "sendBeacon", { value: undefined, configurable: true });
  const running = telemetry.action("ask tutor", () => fetch("/api/tutor/questions", { method: "POST" }));
  window.dispatchEvent(new Event("pagehide"));
  await running;
  await telemetry.flush();
  const told = holder.page.spans().filter((s) => ["ask tutor", "POST /api/tutor/questions"].includes(s.name));
  expect(told.map((s) => [s.kind, attribute(s, "outcome")])).toEqual([
    [3, "left"],
    [1, "left"],
  ]);
});

test("on leaving, what waits goes out by beacon", () => {
  const telemetry = holder.page.open();
  const beacon = vi.fn((_url: string, _body: Blob) => true);
  Object.defineProperty(navigator, "sendBeacon", { value: beacon, configurable: true });
  telemetry.log("info", "bye");
  window.dispatchEvent(new Event("pagehide"));
  expect(beacon.mock.calls.map((c) => c[0])).toContain("/telemetry/v1/logs");
});

test("an error nobody caught is reported with its type, and at most 20 a minute", async () => {
  const telemetry = holder.page.open();
  for (let i = 0; i < 50; i++) {
    window.dispatchEvent(new ErrorEvent("error", { error: new RangeError("too far") }));
  }
  await telemetry.flush();
  expect(holder.page.logs().length).toBe(20);
  expect(attribute(holder.page.logs()[0], "exception.type")).toBe("RangeError");
});

test("a thrown value that is no error is not quoted", async () => {
  const telemetry = holder.page.open();
  telemetry.error("ada@school.example typed this");
  await telemetry.flush();
  expect(JSON.stringify(holder.page.logs())).not.toContain("ada@");
});

test("an action that fails throws to the page and leaves a failed span", async () => {
  const telemetry = holder.page.open();
  const failing = telemetry.action("submit", () => Promise.reject(new RangeError("no")));
  await expect(failing).rejects.toThrow("no");
  await telemetry.flush();
  const span = holder.page.spans().find((s) => s.name === "submit");
  expect(span.status.code).toBe(2);
});

test("a listener that throws does not break the page", async () => {
  const telemetry = holder.page.open();
  telemetry.onCorrelation(() => {
    throw new Error("listener");
  });
  expect(await telemetry.action("a", () => 7)).toBe(7);
});

test("stop gives the page its own fetch back", () => {
  const telemetry = holder.page.open();
  telemetry.stop();
  expect(globalThis.fetch).toBe(holder.page.network);
});
