import { expect, test } from "vitest";
import { attribute, usePage } from "./page.js";

const holder = usePage();

test("a request to the page's own origin carries correlation, trace and baggage", async () => {
  const telemetry = holder.page.open();
  telemetry.setTenant("riverside-school");
  await telemetry.action("ask tutor", () => fetch("/api/tutor/questions", { method: "POST", body: "{}" }));
  const { headers } = holder.page.requests("/api/tutor")[0]!;
  const id = telemetry.correlationId();
  expect(headers.get("x-correlation-id")).toBe(id);
  expect(headers.get("traceparent")).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/);
  expect(headers.get("baggage")).toBe(`correlation_id=${id},tenant_id=riverside-school`);
});

test("a stranger's origin gets no header and leaves no span", async () => {
  const telemetry = holder.page.open();
  await fetch("https://stranger.test/x");
  expect(holder.page.requests("stranger")[0]!.headers.has("x-correlation-id")).toBe(false);
  await telemetry.flush();
  expect(holder.page.spans().filter((s) => s.kind === 3)).toEqual([]);
});

test("an allow-listed origin gets the headers", async () => {
  holder.page.open({ allowOrigins: ["https://api.learn.test"] });
  await fetch("https://api.learn.test/x");
  expect(holder.page.requests("api.learn.test")[0]!.headers.has("x-correlation-id")).toBe(true);
});

test("a request that is a Request keeps its body, whether it is ours or not", async () => {
  holder.page.open();
  await fetch(new Request("https://stranger.test/x", { method: "POST", body: '{"a":1}' }));
  await fetch(new Request("http://learn.test/api/x", { method: "POST", body: '{"b":2}' }));
  expect(holder.page.sent.map((s) => s.body)).toEqual([{ a: 1 }, { b: 2 }]);
});

test("each action has its own correlation id, and tells it", async () => {
  const telemetry = holder.page.open();
  const seen: string[] = [];
  telemetry.onCorrelation((id) => seen.push(id));
  await telemetry.action("a", () => undefined);
  await telemetry.action("b", () => undefined);
  expect(new Set(seen).size).toBe(3);
  expect(seen.at(-1)).toBe(telemetry.correlationId());
});

test("the steps of a journey share one correlation id, and the next action after it has its own", async () => {
  const telemetry = holder.page.open();
  const id = telemetry.journey();
  telemetry.pageView("/exams");
  await telemetry.action("sign in", () => fetch("/api/session/sign-in", { method: "POST" }));
  await telemetry.action("begin exam", () => fetch("/api/exams/x/sessions", { method: "POST" }));
  expect(telemetry.journey()).toBe(id);
  telemetry.endJourney();
  await telemetry.action("ask tutor", () => fetch("/api/tutor/questions", { method: "POST" }));
  const sent = holder.page.requests("/api/").map((request) => request.headers.get("x-correlation-id"));
  expect(sent.slice(0, 2)).toEqual([id, id]);
  expect(sent[2]).not.toBe(id);
});

test("a journey goes on with the id that somebody else began, unless it is none", () => {
  const telemetry = holder.page.open();
  expect(telemetry.journey("exam-code-1")).toBe("exam-code-1");
  for (const odd of ["", "short", "with space 12", "x".repeat(65)]) {
    expect(telemetry.journey(odd)).toMatch(/^[0-9a-f]{32}$/);
  }
});

test("action and request are one trace, the request below the action", async () => {
  const telemetry = holder.page.open({ routes: ["/api/courses/{course_id}"] });
  await telemetry.action("open course", () => fetch("/api/courses/riverside-algebra?name=grace.hopper"));
  await telemetry.flush();
  const action = holder.page.spans().find((s) => s.name === "open course");
  const request = holder.page.spans().find((s) => s.kind === 3);
  expect(request.parentSpanId).toBe(action.spanId);
  expect(request.traceId).toBe(action.traceId);
  expect(request.name).toBe("GET /api/courses/{course_id}");
  expect(attribute(request, "http.response.status_code")).toBe("200");
  expect(attribute(request, "correlation_id")).toBe(telemetry.correlationId());
  expect(JSON.stringify(holder.page.spans())).not.toContain("grace");
});

test("a failed request fails its span and still reaches the page", async () => {
  const telemetry = holder.page.open();
  holder.page.away = true;
  await expect(fetch("/api/x")).rejects.toThrow("network away");
  holder.page.away = false;
  await telemetry.flush();
  const span = holder.page.spans().find((s) => s.kind === 3);
  expect(span.status.code).toBe(2);
  expect(attribute(span, "error.type")).toBe("TypeError");
});
