/** A page for tests: the SDK on it, and a network that keeps what was sent. */

import { afterEach, beforeEach, vi } from "vitest";
import { init, type Options, type Telemetry } from "../src/index.js";

export interface Sent {
  url: string;
  body: unknown;
  headers: Headers;
}

export class Page {
  readonly sent: Sent[] = [];
  status = 200;
  away = false;
  telemetry!: Telemetry;

  readonly network: typeof fetch = async (input, init) => {
    const request = input instanceof Request ? input : undefined;
    const url = request?.url ?? String(input);
    const text = request ? await request.clone().text() : ((init?.body as string | undefined) ?? "");
    if (this.away) throw new TypeError("network away");
    let body: unknown = text;
    try {
      body = JSON.parse(text);
    } catch {
      // not JSON: kept as it is
    }
    this.sent.push({ url, body, headers: request?.headers ?? new Headers(init?.headers) });
    return new Response("{}", { status: this.status });
  };

  open(options: Partial<Options> = {}): Telemetry {
    this.telemetry = init({
      endpoint: "/telemetry",
      service: "edulearn-web",
      release: "1.2.3",
      environment: "test",
      ...options,
    });
    return this.telemetry;
  }

  requests(part: string): Sent[] {
    return this.sent.filter((s) => s.url.includes(part));
  }

  /** All spans that arrived, flat. */
  spans(): any[] {
    return this.requests("/v1/traces").flatMap((s: any) =>
      s.body.resourceSpans.flatMap((r: any) => r.scopeSpans.flatMap((c: any) => c.spans)),
    );
  }

  /** All logs that arrived, flat. */
  logs(): any[] {
    return this.requests("/v1/logs").flatMap((s: any) =>
      s.body.resourceLogs.flatMap((r: any) => r.scopeLogs.flatMap((c: any) => c.logRecords)),
    );
  }
}

/** An attribute's value. */
export function attribute(record: any, key: string): unknown {
  const value = record.attributes.find((a: any) => a.key === key)?.value;
  return value && Object.values(value)[0];
}

/** A fresh page for each test of the file. */
export function usePage(): { page: Page } {
  const holder = {} as { page: Page };
  const own = globalThis.fetch;
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    holder.page = new Page();
    globalThis.fetch = holder.page.network;
  });
  afterEach(() => {
    holder.page.telemetry?.stop();
    globalThis.fetch = own;
    vi.useRealTimers();
  });
  return holder;
}
