import { type Histogram, type HistogramBucket, LEVELS, type Level } from "../api/types";

export interface Bar {
  startMs: number;
  endMs: number;
  total: number;
  /** From the bottom up, the worst level at the bottom, where small counts can still be seen. */
  parts: { level: Level; offset: number; height: number; count: number }[];
}

/** Fewer than this of the height would vanish: one error among thousands must be seen. */
const LEAST_PART = 0.02;

const totalOf = (bucket: HistogramBucket) =>
  LEVELS.reduce((sum, level) => sum + (bucket.counts[level] ?? 0), 0);

/** The bars of a histogram, heights as shares of the tallest. */
export function bars(histogram: Histogram): Bar[] {
  const stepMs = histogram.interval_seconds * 1000;
  const most = Math.max(1, ...histogram.buckets.map(totalOf));
  return histogram.buckets.map((bucket) => {
    const startMs = Date.parse(bucket.start);
    let offset = 0;
    const parts = [...LEVELS].reverse().flatMap((level) => {
      const count = bucket.counts[level] ?? 0;
      if (count === 0) return [];
      const height = Math.max(count / most, LEAST_PART);
      const part = { level, offset, height, count };
      offset += height;
      return [part];
    });
    return { startMs, endMs: startMs + stepMs, total: totalOf(bucket), parts };
  });
}

/** How many lines of each level some bars hold together, the worst first; levels without any are left out. */
export function countsOf(some: readonly Bar[]): { level: Level; count: number }[] {
  return [...LEVELS].reverse().flatMap((level) => {
    const count = some
      .flatMap((bar) => bar.parts)
      .reduce((sum, part) => sum + (part.level === level ? part.count : 0), 0);
    return count > 0 ? [{ level, count }] : [];
  });
}

export interface TimeTick {
  share: number;
  ms: number;
}

const STEPS_S = [
  1, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10_800, 21_600, 43_200, 86_400, 172_800,
  604_800,
];

/** Round local times along a range, about as many as asked for. */
export function timeTicks({
  fromMs,
  toMs,
  wanted,
}: {
  fromMs: number;
  toMs: number;
  wanted: number;
}): TimeTick[] {
  const spanMs = toMs - fromMs;
  if (spanMs <= 0) return [];
  const stepMs = (STEPS_S.find((step) => spanMs / (step * 1000) <= wanted) ?? 2_592_000) * 1000;
  const zoneMs = new Date(fromMs).getTimezoneOffset() * 60_000;
  const ticks: TimeTick[] = [];
  for (let ms = Math.ceil((fromMs - zoneMs) / stepMs) * stepMs + zoneMs; ms < toMs; ms += stepMs) {
    ticks.push({ ms, share: (ms - fromMs) / spanMs });
  }
  return ticks;
}

/** `10:25`, with the seconds or the day where the range needs them. */
export function tickLabel(ms: number, spanMs: number): string {
  const date = new Date(ms);
  const two = (value: number) => String(value).padStart(2, "0");
  if (spanMs > 2 * 86_400_000) return date.toLocaleDateString("en-GB", { day: "2-digit", month: "short" });
  const minute = `${two(date.getHours())}:${two(date.getMinutes())}`;
  return spanMs < 300_000 ? `${minute}:${two(date.getSeconds())}` : minute;
}
