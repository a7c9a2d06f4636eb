/** `640 µs`, `12.3 ms`, `1.24 s`, `2 min 05 s`: three digits at most, the unit that fits. */
export function humanDuration(milliseconds: number | null | undefined): string {
  if (milliseconds === null || milliseconds === undefined || !Number.isFinite(milliseconds)) return "–";
  const size = Math.abs(milliseconds);
  if (size === 0) return "0 ms";
  if (size < 0.9995) return `${three(milliseconds * 1000)} µs`;
  if (size < 999.5) return `${three(milliseconds)} ms`;
  if (size < 59_950) return `${three(milliseconds / 1000)} s`;
  return minutes(Math.round(milliseconds / 1000));
}

function three(value: number): string {
  const size = Math.abs(value);
  if (size >= 99.95) return String(Math.round(value));
  const places = size >= 9.995 ? 1 : 2;
  return value.toFixed(places).replace(/\.?0+$/, "");
}

function minutes(seconds: number): string {
  if (seconds < 3600) return two(seconds, { large: 60, small: 1, words: ["min", "s"] });
  if (seconds < 86_400) return two(seconds, { large: 3600, small: 60, words: ["h", "min"] });
  return two(seconds, { large: 86_400, small: 3600, words: ["d", "h"] });
}

function two(seconds: number, units: { large: number; small: number; words: [string, string] }): string {
  const whole = `${Math.floor(seconds / units.large)} ${units.words[0]}`;
  const small = Math.floor((seconds % units.large) / units.small);
  return small === 0 ? whole : `${whole} ${String(small).padStart(2, "0")} ${units.words[1]}`;
}

/** An offset from the beginning: `+12.3 ms`; what lies before the beginning is negative. */
export function humanOffset(milliseconds: number): string {
  return `${milliseconds < 0 ? "−" : "+"}${humanDuration(Math.abs(milliseconds))}`;
}

/** 1234567 → `1,234,567`. */
export const humanCount = (count: number): string => count.toLocaleString("en-GB");

/** `1 span`, `1,200 spans`. */
export const counted = (count: number, thing: string): string =>
  `${humanCount(count)} ${thing}${count === 1 ? "" : "s"}`;

/** 1234567 → `1.23M`; where only the magnitude has room. */
export function shortCount(count: number): string {
  if (count < 1000) return String(count);
  if (count < 999_500) return `${three(count / 1000)}k`;
  return `${three(count / 1_000_000)}M`;
}

/** Requests per second: as many places as say something. */
export function humanRate(perSecond: number): string {
  if (perSecond === 0) return "0";
  if (perSecond < 0.0005) return "<0.001";
  if (perSecond < 0.095) return String(Number(perSecond.toPrecision(1)));
  return three(perSecond);
}

/** 0.0123 → `1.23 %`. */
export function humanShare(share: number): string {
  if (share === 0) return "0 %";
  if (share < 0.0001) return "<0.01 %";
  return `${three(share * 100)} %`;
}
