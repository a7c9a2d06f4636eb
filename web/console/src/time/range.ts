import { localDay, localTime } from "./instant";

/** Both ends as the API takes them: RFC 3339, or relative to now (`-15m`, `-7d`, `now`). */
export interface Range {
  from: string;
  to: string;
}

export const DEFAULT_RANGE: Range = { from: "-1h", to: "now" };

export const PRESETS: readonly string[] = ["-5m", "-15m", "-1h", "-3h", "-12h", "-1d", "-3d", "-7d", "-30d"];

const UNIT_MS: Record<string, number> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 };
const UNIT_WORD: Record<string, string> = { s: "second", m: "minute", h: "hour", d: "day", w: "week" };
const DAY_MS = 86_400_000;
const RELATIVE = /^-(\d+)([smhdw])$/;
const TYPED = /^-?\s*(\d+)\s*(s|m|min|h|d|w)$/i;

/** Milliseconds since 1970, or null when the text is no time. */
export function resolveInstant(text: string, nowMs: number): number | null {
  if (text === "now") return nowMs;
  const relative = RELATIVE.exec(text);
  if (relative) return nowMs - Number(relative[1]) * (UNIT_MS[relative[2] ?? "m"] ?? 0);
  const absolute = Date.parse(text);
  return Number.isNaN(absolute) ? null : absolute;
}

/** `45m`, `-3 h`, `2d` as someone types it → `-45m`; null when it is something else. */
export function readRelative(typed: string): string | null {
  const match = TYPED.exec(typed.trim());
  if (!match || Number(match[1]) === 0) return null;
  const unit = (match[2] ?? "m").toLowerCase();
  return `-${Number(match[1])}${unit === "min" ? "m" : unit}`;
}

/** True while the range ends now, so that asking again can bring something new. */
export const isLive = (range: Range): boolean => range.to === "now";

/** Whether a time of day could mean more than one day: the range begins more than a day ago. */
export function isLongerThanDay(range: Range, nowMs: number): boolean {
  return nowMs - (resolveInstant(range.from, nowMs) ?? nowMs) > DAY_MS;
}

/** An end in words: `last 15 minutes`, or both local times. */
export function describeRange(range: Range, nowMs: number): string {
  const relative = RELATIVE.exec(range.from);
  if (relative && range.to === "now") return `Last ${amount(Number(relative[1]), relative[2] ?? "m")}`;
  const from = resolveInstant(range.from, nowMs);
  const to = resolveInstant(range.to, nowMs);
  if (from === null || to === null) return `${range.from} to ${range.to}`;
  return between(new Date(from), new Date(to), range.to === "now");
}

function amount(count: number, unit: string): string {
  const word = UNIT_WORD[unit] ?? unit;
  return count === 1 ? word : `${count} ${word}s`;
}

function between(from: Date, to: Date, toNow: boolean): string {
  const start = `${localDay(from)} ${localTime(from)}`;
  if (toNow) return `${start} – now`;
  const sameDay = from.toDateString() === to.toDateString();
  return `${start} – ${sameDay ? "" : `${localDay(to)} `}${localTime(to)}`;
}

/** An absolute range, its ends in the order of time. */
export function absoluteRange(oneMs: number, otherMs: number): Range {
  const [from, to] = oneMs <= otherMs ? [oneMs, otherMs] : [otherMs, oneMs];
  return { from: new Date(from).toISOString(), to: new Date(to).toISOString() };
}

/** Twice as long, around the same middle, never into the future. */
export function widened(range: Range, nowMs: number): Range {
  const from = resolveInstant(range.from, nowMs) ?? nowMs - 3_600_000;
  const to = resolveInstant(range.to, nowMs) ?? nowMs;
  const half = Math.max((to - from) / 2, 500);
  return absoluteRange(from - half, Math.min(to + half, nowMs));
}

/** What `<input type="datetime-local">` wants: local, to the second, without a zone. */
export function toLocalInput(ms: number): string {
  const date = new Date(ms);
  const pad = (value: number) => String(value).padStart(2, "0");
  return `${date.getFullYear()}-${pad(date.getMonth() + 1)}-${pad(date.getDate())}T${localTime(date)}`;
}
