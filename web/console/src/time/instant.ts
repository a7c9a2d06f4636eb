const FRACTION = /\.(\d+)/;

/** Microseconds since 1970 of an RFC 3339 time. `Date` alone would cut them to milliseconds. */
export function microseconds(timestamp: string): number {
  const digits = FRACTION.exec(timestamp)?.[1] ?? "";
  const whole = Date.parse(timestamp.replace(FRACTION, ""));
  return whole * 1000 + Number(digits.slice(0, 6).padEnd(6, "0"));
}

const two = (value: number) => String(value).padStart(2, "0");
const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

export function localDay(date: Date): string {
  return `${two(date.getDate())} ${MONTHS[date.getMonth()]}`;
}

export function localTime(date: Date): string {
  return `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
}

/** `10:25:01.123` in the local zone. */
export function localTimeMs(date: Date): string {
  return `${localTime(date)}.${String(date.getMilliseconds()).padStart(3, "0")}`;
}

/** `UTC+1`, `UTC`: the zone of this browser, in which times are shown. */
export function zoneName(date: Date = new Date()): string {
  const minutes = -date.getTimezoneOffset();
  if (minutes === 0) return "UTC";
  const [hours, rest] = [Math.floor(Math.abs(minutes) / 60), Math.abs(minutes) % 60];
  return `UTC${minutes < 0 ? "−" : "+"}${hours}${rest ? `:${two(rest)}` : ""}`;
}

/** `2026-11-23 10:25:01.123456 UTC`, as kept by the platform. */
export function utc(timestamp: string): string {
  return timestamp.replace("T", " ").replace(/Z$|\+00:00$/, " UTC");
}

/** `3 m ago`, or `just now`; for tables where the order of magnitude is the news. */
export function ago(timestamp: string, nowMs: number): string {
  const seconds = Math.round((nowMs - Date.parse(timestamp)) / 1000);
  if (seconds < 5) return "just now";
  if (seconds < 60) return `${seconds} s ago`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ago`;
  if (seconds < 86_400) return `${Math.floor(seconds / 3600)} h ago`;
  return `${Math.floor(seconds / 86_400)} d ago`;
}
