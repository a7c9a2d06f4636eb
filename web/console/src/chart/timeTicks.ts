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
