import type { Attributes, Level, Log, Span, SpanKind } from "../../src/api/types";
import { Chance } from "./random";

// A made-up morning at EduLearn: requests that go browser → gateway → service → SQL → model, with the
// faults one looks for with such a console.

interface Errand {
  page: string;
  method: string;
  route: string;
  service: string;
  weight: number;
}

const ERRANDS: readonly Errand[] = [
  { page: "open course", method: "GET", route: "/courses/{course_id}", service: "courses", weight: 6 },
  { page: "list courses", method: "GET", route: "/courses", service: "courses", weight: 5 },
  { page: "submit quiz", method: "POST", route: "/quizzes/{quiz_id}/answers", service: "courses", weight: 3 },
  { page: "ask tutor", method: "POST", route: "/tutor/questions", service: "tutor", weight: 4 },
];
const TENANTS = ["northfield", "northfield", "northfield", "lakeside"];

interface Frame {
  startMs: number;
  context: Context;
  parent: string;
}

interface Context {
  trace_id: string;
  correlation_id: string;
  request_id: string;
  tenant_id: string;
  user_id: string;
}

interface SpanDetails {
  service: string;
  name: string;
  kind: SpanKind;
  durationMs: number;
  attributes?: Attributes;
  failure?: string;
}

const iso = (ms: number): string => {
  const micros = String(Math.floor((ms % 1) * 1000)).padStart(3, "0");
  return new Date(ms).toISOString().replace("Z", `${micros}Z`);
};

export class School {
  readonly logs: Log[] = [];
  readonly spans: Span[] = [];
  readonly #chance = new Chance(20261123);

  /** One visit of one student: a trace and its logs. Returns the logs, oldest first. */
  visit(startMs: number): Log[] {
    const chance = this.#chance;
    const before = this.logs.length;
    const context: Context = {
      trace_id: chance.hex(32),
      correlation_id: chance.hex(32),
      request_id: chance.hex(32),
      tenant_id: chance.pick(TENANTS),
      user_id: `usr_k1_${chance.hex(26).replaceAll("0", "x").replaceAll("1", "y")}`,
    };
    const errand = chance.pick(ERRANDS.flatMap((each) => Array<Errand>(each.weight).fill(each)));
    this.#browser({ startMs, context, parent: "" }, errand);
    return this.logs.slice(before).sort((one, other) => one.timestamp.localeCompare(other.timestamp));
  }

  #browser(frame: Frame, errand: Errand): void {
    const took = this.#chance.latency(errand.service === "tutor" ? 420 : 48);
    const failed = this.#chance.next() < 0.04;
    const root = this.#span(frame, {
      service: "edulearn-web",
      name: `click ${errand.page}`,
      kind: "client",
      durationMs: took + 22,
      attributes: {
        "browser.page": `/${errand.service}`,
        "user_agent.original": "Mozilla/5.0 (X11; Linux) Chrome/141",
      },
    });
    this.#gateway({ ...frame, startMs: frame.startMs + 11, parent: root }, { errand, took, failed });
  }

  #gateway(frame: Frame, { errand, took, failed }: { errand: Errand; took: number; failed: boolean }): void {
    const status = failed ? 502 : errand.method === "POST" ? 201 : 200;
    const http = { "http.request.method": errand.method, "http.route": `/api${errand.route}` };
    const gateway = this.#span(frame, {
      service: "gateway",
      name: `${errand.method} /api${errand.route}`,
      kind: "server",
      durationMs: took,
      attributes: { ...http, "http.response.status_code": status, "client.address": "iph_3f9a" },
      ...(failed ? { failure: "upstream answered 500" } : {}),
    });
    const inside = { ...frame, startMs: frame.startMs + 1.4, parent: gateway };
    const call = this.#span(inside, {
      service: "gateway",
      name: errand.method,
      kind: "client",
      durationMs: took - 3,
      attributes: { ...http, "server.address": errand.service },
    });
    this.#service(
      { ...inside, startMs: inside.startMs + 0.9, parent: call },
      { errand, took: took - 5, failed },
    );
    this.#log(
      { ...frame, startMs: frame.startMs + took, parent: gateway },
      {
        service: "gateway",
        level: failed ? "error" : "info",
        message: `${errand.method} /api${errand.route} ${status}`,
        durationMs: took,
        attributes: {
          ...http,
          "http.response.status_code": status,
          "http.response.body.size": Math.round(took * 31),
        },
      },
    );
  }

  #service(frame: Frame, { errand, took, failed }: { errand: Errand; took: number; failed: boolean }): void {
    const span = this.#span(frame, {
      service: errand.service,
      name: `${errand.method} ${errand.route}`,
      kind: "server",
      durationMs: took,
      attributes: {
        "http.request.method": errand.method,
        "http.route": errand.route,
        "http.response.status_code": failed ? 500 : 200,
      },
      ...(failed ? { failure: "connection to database lost" } : {}),
    });
    const inside = { ...frame, startMs: frame.startMs + took * 0.1, parent: span };
    this.#sql(inside, { service: errand.service, took: took * 0.3, failed });
    if (errand.service === "tutor" && !failed) {
      this.#model({ ...inside, startMs: inside.startMs + took * 0.32 }, took * 0.5);
    }
    const done = { ...frame, startMs: frame.startMs + took, parent: span };
    if (errand.page === "submit quiz" && !failed) {
      this.#grade({ ...inside, startMs: frame.startMs + took * 0.8 });
    }
    if (took > 300)
      this.#log(done, {
        service: errand.service,
        level: "warning",
        message: "slow request",
        durationMs: took,
      });
  }

  #sql(frame: Frame, { service, took, failed }: { service: string; took: number; failed: boolean }): void {
    const text =
      "SELECT course_id, title, progress FROM enrolments WHERE student_token = $1 ORDER BY opened_at DESC";
    const span = this.#span(frame, {
      service,
      name: "SELECT enrolments",
      kind: "client",
      durationMs: took,
      attributes: { "db.system.name": "postgresql", "db.query.text": text, "db.response.returned_rows": 12 },
      ...(failed ? { failure: "server closed the connection unexpectedly" } : {}),
    });
    const inside = { ...frame, startMs: frame.startMs + took, parent: span };
    this.#log(inside, {
      service,
      level: "debug",
      message: "query finished",
      durationMs: took,
      attributes: { "db.system.name": "postgresql", "db.query.text": text },
    });
    if (!failed) return;
    this.#log(inside, {
      service,
      level: this.#chance.next() < 0.2 ? "critical" : "error",
      message: "OperationalError: server closed the connection unexpectedly",
      attributes: {
        "exception.type": "OperationalError",
        "exception.message": "server closed the connection unexpectedly",
        "exception.stacktrace":
          'Traceback (most recent call last):\n  File "courses/enrolments.py", line 41, in progress\n' +
          "    rows = await connection.fetch(PROGRESS, token)\n" +
          "asyncpg.exceptions.ConnectionDoesNotExistError: connection was closed in the middle of operation",
      },
    });
  }

  #model(frame: Frame, took: number): void {
    const call = this.#span(frame, { service: "tutor", name: "POST", kind: "client", durationMs: took });
    const hit = this.#chance.next() < 0.3;
    const attributes = {
      "gen_ai.operation.name": "embeddings",
      "gen_ai.request.model": "retriever-small",
      "ai.model_version": "2026.11.2",
      "ai.tokens_used": Math.round(this.#chance.between(40, 480)),
      "ai.cache_hits": hit ? 1 : 0,
      "ai.latency_ms": Math.round(took * 10) / 10,
    };
    const server = this.#span(
      { ...frame, startMs: frame.startMs + 1.2, parent: call },
      {
        service: "model-server",
        name: "POST /v1/answers",
        kind: "server",
        durationMs: took - 2.2,
        attributes: { "http.route": "/v1/answers", "http.response.status_code": 200 },
      },
    );
    const inside = { ...frame, startMs: frame.startMs + 2, parent: server };
    const infer = this.#span(inside, {
      service: "model-server",
      name: "embeddings retriever-small",
      kind: "internal",
      durationMs: took * 0.8,
      attributes,
    });
    this.#log(
      { ...inside, startMs: inside.startMs + took * 0.8, parent: infer },
      {
        service: "model-server",
        level: "info",
        message: hit ? "answered from cache" : "inference finished",
        durationMs: took * 0.8,
        attributes,
      },
    );
  }

  #grade(frame: Frame): void {
    const put = this.#span(frame, {
      service: "courses",
      name: "publish grading",
      kind: "producer",
      durationMs: 2.1,
    });
    const later = { ...frame, startMs: frame.startMs + this.#chance.between(30, 400), parent: put };
    const took = this.#chance.latency(70);
    const span = this.#span(later, {
      service: "worker",
      name: "process grading",
      kind: "consumer",
      durationMs: took,
      attributes: { "messaging.system": "postgresql", "messaging.destination.name": "grading" },
    });
    this.#log(
      { ...later, startMs: later.startMs + took, parent: span },
      {
        service: "worker",
        level: "info",
        message: "quiz graded",
        durationMs: took,
        attributes: {
          "messaging.destination.name": "grading",
          "quiz.points": Math.round(this.#chance.between(2, 20)),
        },
      },
    );
  }

  #span(frame: Frame, details: SpanDetails): string {
    const span_id = this.#chance.hex(16);
    const failure = details.failure;
    this.spans.push({
      ...frame.context,
      timestamp: iso(frame.startMs),
      span_id,
      parent_span_id: frame.parent,
      service_name: details.service,
      name: details.name,
      kind: details.kind,
      duration_ms: Math.round(details.durationMs * 1000) / 1000,
      status: failure ? "error" : "unset",
      status_message: failure ?? "",
      environment: "development",
      release: "2026.11.23",
      attributes: details.attributes ?? {},
      links: [],
      marks: [],
      events: failure
        ? [
            {
              timestamp: iso(frame.startMs + details.durationMs * 0.9),
              name: "exception",
              attributes: { "exception.type": "OperationalError", "exception.message": failure },
            },
          ]
        : [],
    });
    return span_id;
  }

  #log(
    frame: Frame,
    details: { service: string; level: Level; message: string; durationMs?: number; attributes?: Attributes },
  ): void {
    this.logs.push({
      ...frame.context,
      timestamp: iso(frame.startMs),
      received_at: iso(frame.startMs + 320),
      log_level: details.level,
      service_name: details.service,
      span_id: frame.parent,
      message: details.message,
      duration_ms: details.durationMs === undefined ? null : Math.round(details.durationMs * 1000) / 1000,
      environment: "development",
      release: "2026.11.23",
      attributes: details.attributes ?? {},
      marks: [],
    });
  }
}
