/** The bounded way out: records wait here a little, travel together, and are dropped rather than pile up. */

import { type Attributes, type LogRecord, logsBody, type SpanRecord, tracesBody } from "./otlp.js";

/** Beyond this the oldest records are dropped: a page must not grow because the platform is away. */
export const MOST_WAITING = 200;
/** The most records in one body; with strings of bounded length this stays below keepalive's 64 KiB. */
export const MOST_AT_ONCE = 50;
const SEND_AFTER_MS = 2000;
/** While the platform is away: first this long, then doubled, up to a minute. */
const FIRST_PAUSE_MS = 4000;
const LONGEST_PAUSE_MS = 60_000;

export type Send = (url: string, init: RequestInit) => Promise<Response>;

export class Outbox {
  dropped = 0;
  private spans: SpanRecord[] = [];
  private logs: LogRecord[] = [];
  private timer: ReturnType<typeof setTimeout> | undefined;
  private pauseMs = 0;
  private sending = false;

  /** `send` is the page's own fetch, unpatched, so that reports are not reported on. */
  constructor(
    private readonly endpoint: string,
    private readonly resource: Attributes,
    private readonly headers: Record<string, string>,
    private readonly send: Send,
  ) {}

  addSpan(span: SpanRecord): void {
    this.spans.push(span);
    this.bound(this.spans);
  }

  addLog(log: LogRecord): void {
    this.logs.push(log);
    this.bound(this.logs);
  }

  /** Sends what waits. `leaving`: the page may be gone before an answer comes, so beacons are used. */
  async flush(leaving = false): Promise<void> {
    clearTimeout(this.timer);
    this.timer = undefined;
    if (this.sending && !leaving) return;
    this.sending = true;
    try {
      while (this.spans.length + this.logs.length > 0) {
        const spans = this.spans.splice(0, MOST_AT_ONCE);
        const logs = this.logs.splice(0, MOST_AT_ONCE);
        const sent = await Promise.all([
          spans.length === 0 || this.post("traces", tracesBody(this.resource, spans), leaving),
          logs.length === 0 || this.post("logs", logsBody(this.resource, logs), leaving),
        ]);
        if (!sent[0]) this.spans.unshift(...spans);
        if (!sent[1]) this.logs.unshift(...logs);
        if (!sent[0] || !sent[1]) {
          this.pauseMs = Math.min(this.pauseMs * 2 || FIRST_PAUSE_MS, LONGEST_PAUSE_MS);
          break;
        }
        this.pauseMs = 0;
      }
    } finally {
      this.sending = false;
      this.bound(this.spans);
      this.bound(this.logs);
    }
  }

  private bound(records: unknown[]): void {
    const surplus = records.length - MOST_WAITING;
    if (surplus > 0) {
      records.splice(0, surplus);
      this.dropped += surplus;
    }
    if (this.timer === undefined && this.spans.length + this.logs.length > 0) {
      this.timer = setTimeout(() => void this.flush(), this.pauseMs || SEND_AFTER_MS);
    }
  }

  /** Whether the records are off our hands: taken, or refused for good. False means try again later. */
  private async post(signal: "traces" | "logs", body: string, leaving: boolean): Promise<boolean> {
    const url = `${this.endpoint}/v1/${signal}`;
    const headers = { "content-type": "application/json", ...this.headers };
    if (leaving && Object.keys(this.headers).length === 0 && navigator.sendBeacon) {
      return navigator.sendBeacon(url, new Blob([body], { type: "application/json" }));
    }
    try {
      const answer = await this.send(url, {
        method: "POST",
        body,
        headers,
        keepalive: true,
        credentials: "same-origin",
      });
      return answer.status < 500 && answer.status !== 429;
    } catch {
      return false;
    }
  }
}
