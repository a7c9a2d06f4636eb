/**
 * EduScope in the browser: gives each page view and user action a correlation id, passes it on with every request,
 * and reports spans, logs and errors as OTLP/JSON. It never breaks the page, and records declared fields only.
 */

import { type Action, ids, newAction, nowMs } from "./actions.js";
import { type FetchTracing, finished, guarded, tracedFetch } from "./fetch.js";
import { isCorrelationId, newCorrelationId } from "./ids.js";
import type { Attributes, Level, SpanRecord } from "./otlp.js";
import { Outbox } from "./outbox.js";
import { pathTemplate } from "./path.js";

export type { Level } from "./otlp.js";

export interface Options {
  /** Where reports go: a path of the page's own origin (`/telemetry`), or a platform's address. */
  endpoint: string;
  service: string;
  release: string;
  environment: string;
  /** Origins besides the page's own to which the correlation may be sent. */
  allowOrigins?: readonly string[];
  /** The routes of the page's API as templates (`/api/courses/{course_id}`), to name requests by. */
  routes?: readonly string[];
  /** Headers for the endpoint, such as a public ingest key. With them, no beacon can be used on leaving. */
  headers?: Record<string, string>;
}

/** Fields a log may bear. They are declared in the contract: anything else would arrive as a token. */
export interface Fields {
  action?: string;
  component?: string;
  outcome?: string;
  reason?: string;
  count?: number;
  attempt?: number;
  "course.id"?: string;
  "quiz.id"?: string;
  "submission.id"?: string;
  "edulearn.feature"?: string;
}

export interface Telemetry {
  /** The correlation id of the page view or the latest action: what support asks for. */
  correlationId(): string;
  /**
   * Runs `work` as a user action with a correlation id of its own, and gives what it gives. Requests that it makes
   * before its first `await` of something else, or while no later action has begun, belong to it.
   */
  action<T>(name: string, work: () => T | Promise<T>): Promise<T>;
  /** Begins a page view with a correlation id of its own: call it when a single-page application navigates. */
  pageView(path?: string): void;
  /**
   * Begins a journey: until `endJourney`, page views and actions share one correlation id. Theirs is the one that is
   * given (what another page, or another person's page, began), or a new one. Gives the id.
   */
  journey(correlationId?: string): string;
  /** Ends the journey: the next page view or action has a correlation id of its own again. */
  endJourney(): void;
  /** The school or university: on every record from now on. */
  setTenant(tenantId: string): void;
  log(level: Level, message: string, fields?: Fields): void;
  error(problem: unknown, fields?: Fields): void;
  /** Calls back with each new correlation id, and with the present one at once. */
  onCorrelation(listener: (correlationId: string) => void): void;
  /** Sends what waits. */
  flush(): Promise<void>;
  /** Takes everything off the page again: for tests and hot reloading. */
  stop(): void;
}

const LONGEST_MESSAGE = 1000;
const LONGEST_STACK = 4000;
/** A page in a loop of errors says so this many times a minute, not more. */
const MOST_ERRORS_A_MINUTE = 20;

/** Turns telemetry on for this page. */
export function init(options: Options): Telemetry {
  return new PageTelemetry(options);
}

class PageTelemetry implements Telemetry {
  private current: Action = newAction("page view");
  private tenantId = "";
  private journeyId: string | undefined;
  /** Actions that have not ended yet. */
  private readonly open = new Set<Action>();
  private errors = { minute: 0, count: 0 };
  private readonly listeners: ((correlationId: string) => void)[] = [];
  private readonly outbox: Outbox;
  private readonly originalFetch = globalThis.fetch;
  private readonly patchedFetch: typeof fetch;
  private readonly undo: (() => void)[] = [];

  constructor(options: Options) {
    const bound: typeof fetch = (input, init) => this.originalFetch.call(globalThis, input, init);
    this.outbox = new Outbox(options.endpoint.replace(/\/+$/, ""), resource(options), options.headers ?? {}, bound);
    const tracing: FetchTracing = {
      original: bound,
      current: () => this.current,
      tenantId: () => this.tenantId,
      allowOrigins: options.allowOrigins ?? [],
      endpoint: options.endpoint,
      routes: options.routes ?? [],
      record: (span, action) => this.record(span, action),
      underway: new Map(),
    };
    this.patchedFetch = tracedFetch(tracing);
    globalThis.fetch = this.patchedFetch;
    this.listen(window, "error", (event) => this.error((event as ErrorEvent).error ?? event));
    this.listen(window, "unhandledrejection", (event) => this.error((event as PromiseRejectionEvent).reason));
    this.listen(window, "pagehide", () => {
      // What they asked for is under way on servers: without these spans that would have no parent.
      for (const span of tracing.underway.keys()) {
        span.attributes["outcome"] = "left";
        guarded(() => finished(tracing, span));
      }
      for (const action of this.open) this.end(action, undefined, "left");
      void this.outbox.flush(true);
    });
    this.listen(document, "visibilitychange", () => {
      if (document.visibilityState === "hidden") void this.outbox.flush(true);
    });
    guarded(() => this.recordLoad());
  }

  correlationId(): string {
    return this.current.correlationId;
  }

  async action<T>(name: string, work: () => T | Promise<T>): Promise<T> {
    const action = this.begin(name);
    this.open.add(action);
    try {
      const result = await work();
      this.end(action, undefined);
      return result;
    } catch (problem) {
      this.end(action, problem);
      throw problem;
    }
  }

  pageView(path: string = location.pathname): void {
    const action = this.begin("page view");
    this.finish(action, { "url.path": pathTemplate(path) }, undefined);
  }

  journey(correlationId: string = this.journeyId ?? newCorrelationId()): string {
    this.journeyId = isCorrelationId(correlationId) ? correlationId : newCorrelationId();
    return this.journeyId;
  }

  endJourney(): void {
    this.journeyId = undefined;
  }

  setTenant(tenantId: string): void {
    this.tenantId = tenantId;
  }

  log(level: Level, message: string, fields: Fields = {}): void {
    this.write(level, message, { ...fields }, this.current);
  }

  error(problem: unknown, fields: Fields = {}): void {
    guarded(() => {
      if (!this.mayReportError()) return;
      const { type, message, stack } = described(problem);
      this.write(
        "error",
        `uncaught ${type}`,
        {
          ...fields,
          "exception.type": type,
          "exception.message": message.slice(0, LONGEST_MESSAGE),
          "exception.stacktrace": stack.slice(0, LONGEST_STACK),
          "url.path": pathTemplate(location.pathname),
        },
        this.current,
      );
    });
  }

  onCorrelation(listener: (correlationId: string) => void): void {
    this.listeners.push(listener);
    guarded(() => listener(this.current.correlationId));
  }

  flush(): Promise<void> {
    return this.outbox.flush();
  }

  stop(): void {
    if (globalThis.fetch === this.patchedFetch) globalThis.fetch = this.originalFetch;
    for (const undo of this.undo) undo();
  }

  private listen(target: EventTarget, type: string, handler: (event: Event) => void): void {
    target.addEventListener(type, handler);
    this.undo.push(() => target.removeEventListener(type, handler));
  }

  private begin(name: string): Action {
    const action = newAction(name, this.journeyId);
    this.current = action;
    for (const listener of this.listeners) guarded(() => listener(action.correlationId));
    return action;
  }

  /** The first page view: its span is as long as the page took to load, once that is known. */
  private recordLoad(): void {
    const first = { ...this.current, startMs: performance.timeOrigin };
    const attributes = { "url.path": pathTemplate(location.pathname), "user_agent.original": navigator.userAgent };
    const done = () => this.finish(first, attributes, undefined);
    if (document.readyState === "complete") done();
    else this.listen(window, "load", done);
  }

  private end(action: Action, problem: unknown, outcome?: string): void {
    if (!this.open.delete(action)) return;
    guarded(() => {
      const type = problem === undefined ? undefined : described(problem).type;
      this.finish(action, { action: action.name, outcome, "url.path": pathTemplate(location.pathname) }, type);
    });
  }

  private finish(action: Action, attributes: Attributes, errorType: string | undefined): void {
    this.record(
      {
        traceId: action.traceId,
        spanId: action.spanId,
        parentSpanId: "",
        name: action.name,
        kind: 1,
        startMs: action.startMs,
        endMs: nowMs(),
        failed: errorType !== undefined,
        attributes: { ...attributes, "error.type": errorType },
      },
      action,
    );
  }

  private record(span: SpanRecord, action: Action): void {
    Object.assign(span.attributes, ids(action, this.tenantId));
    this.outbox.addSpan(span);
  }

  private write(level: Level, message: string, attributes: Attributes, action: Action): void {
    guarded(() =>
      this.outbox.addLog({
        timeMs: nowMs(),
        level,
        message: message.slice(0, LONGEST_MESSAGE),
        traceId: action.traceId,
        spanId: action.spanId,
        attributes: { ...attributes, ...ids(action, this.tenantId) },
      }),
    );
  }

  private mayReportError(): boolean {
    const minute = Math.floor(nowMs() / 60_000);
    if (this.errors.minute !== minute) this.errors = { minute, count: 0 };
    this.errors.count += 1;
    return this.errors.count <= MOST_ERRORS_A_MINUTE;
  }
}

function resource(options: Options): Attributes {
  return {
    "service.name": options.service,
    "service.version": options.release,
    "deployment.environment.name": options.environment,
    "telemetry.sdk.name": "eduscope",
    "telemetry.sdk.language": "webjs",
  };
}

/** What can be said of anything that was thrown. */
function described(problem: unknown): { type: string; message: string; stack: string } {
  if (problem instanceof Error) {
    return { type: problem.name || "Error", message: problem.message, stack: problem.stack ?? "" };
  }
  // Not the value itself: anything may be thrown, a form's contents too.
  return { type: problem instanceof Event ? "ResourceError" : `Thrown${typeof problem}`, message: "", stack: "" };
}
