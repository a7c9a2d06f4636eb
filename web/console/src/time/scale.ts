/** A stretch of time, in microseconds. */
export interface Stretch {
  startUs: number;
  endUs: number;
}

interface Segment extends Stretch {
  idle: boolean;
  /** Where it is drawn, in per cent. */
  left: number;
  width: number;
}

/** A pause drawn shorter than it was. */
export interface Break {
  left: number;
  width: number;
  ms: number;
}

/** A tick nearer to the end than this has no room for its label. */
const LAST_TICK_PERCENT = 94;
/** Two ticks nearer to each other than this would write over one another. */
const TICKS_APART_PERCENT = 7;
/** A pause is folded from this share of the whole on: a retry after ten seconds must not squash milliseconds. */
const FOLDED_FROM = 0.2;
const FOLDED_PERCENT = 5;

/** Time drawn from 0 to 100 %; long pauses can be folded. */
export class TimeScale {
  readonly startUs: number;
  readonly endUs: number;
  readonly #segments: Segment[];

  constructor(startUs: number, endUs: number, idle: readonly Stretch[] = []) {
    this.startUs = startUs;
    this.endUs = Math.max(endUs, startUs + 1);
    this.#segments = segments({ startUs, endUs: this.endUs }, idle);
  }

  /** A scale over all of these, on which the pauses between them are folded. */
  static over(all: readonly Stretch[]): TimeScale {
    if (all.length === 0) return new TimeScale(0, 1);
    const startUs = all.reduce((least, each) => Math.min(least, each.startUs), Number.POSITIVE_INFINITY);
    const endUs = all.reduce((most, each) => Math.max(most, each.endUs), Number.NEGATIVE_INFINITY);
    return new TimeScale(startUs, endUs, pauses(all, (endUs - startUs) * FOLDED_FROM));
  }

  get spanMs(): number {
    return (this.endUs - this.startUs) / 1000;
  }

  get breaks(): Break[] {
    return this.#segments
      .filter((segment) => segment.idle)
      .map(({ left, width, startUs, endUs }) => ({ left, width, ms: (endUs - startUs) / 1000 }));
  }

  /** Where a time stands, in per cent; what lies outside is held at the edge. */
  at(us: number): number {
    const segment = this.#segments.find((each) => us <= each.endUs) ?? this.#segments.at(-1);
    if (!segment) return 0;
    const share = (us - segment.startUs) / (segment.endUs - segment.startUs);
    return segment.left + segment.width * Math.min(1, Math.max(0, share));
  }

  /** Milliseconds since the beginning. */
  offsetMs(us: number): number {
    return (us - this.startUs) / 1000;
  }

  /** Round offsets (1, 2 or 5 times a power of ten) along the busy stretches, about `wanted` of them. */
  ticks(wanted: number): { ms: number; percent: number }[] {
    const ticks: { ms: number; percent: number }[] = [];
    for (const segment of this.#segments.filter((each) => !each.idle)) {
      const [from, to] = [this.offsetMs(segment.startUs), this.offsetMs(segment.endUs)];
      const step = roundStep((to - from) / Math.max(1, (wanted * segment.width) / 100));
      for (let count = Math.ceil(from / step); count * step < to; count += 1) {
        const percent = this.at(this.startUs + count * step * 1000);
        const apart = percent - (ticks.at(-1)?.percent ?? Number.NEGATIVE_INFINITY) >= TICKS_APART_PERCENT;
        if (apart && percent < LAST_TICK_PERCENT) ticks.push({ ms: count * step, percent });
      }
    }
    return ticks;
  }
}

function roundStep(rough: number): number {
  const power = 10 ** Math.floor(Math.log10(rough));
  return [1, 2, 5, 10].map((factor) => factor * power).find((each) => each >= rough) ?? rough;
}

/** The stretches of at least `leastUs` in which nothing of all these went on. */
export function pauses(all: readonly Stretch[], leastUs: number): Stretch[] {
  const found: Stretch[] = [];
  let busyUntil = Number.POSITIVE_INFINITY;
  for (const { startUs, endUs } of [...all].sort((one, other) => one.startUs - other.startUs)) {
    if (startUs - busyUntil >= leastUs && leastUs > 0) found.push({ startUs: busyUntil, endUs: startUs });
    busyUntil = busyUntil === Number.POSITIVE_INFINITY ? endUs : Math.max(busyUntil, endUs);
  }
  return found;
}

function segments(whole: Stretch, idle: readonly Stretch[]): Segment[] {
  const idleUs = idle.reduce((sum, each) => sum + each.endUs - each.startUs, 0);
  const busyUs = Math.max(1, whole.endUs - whole.startUs - idleUs);
  const busyPercent = 100 - idle.length * FOLDED_PERCENT;
  const drawn: Segment[] = [];
  let left = 0;
  const draw = (startUs: number, endUs: number, isIdle: boolean) => {
    const width = isIdle ? FOLDED_PERCENT : ((endUs - startUs) / busyUs) * busyPercent;
    drawn.push({ startUs, endUs, idle: isIdle, left, width });
    left += width;
  };
  let from = whole.startUs;
  for (const pause of idle) {
    if (pause.startUs > from) draw(from, pause.startUs, false);
    draw(pause.startUs, pause.endUs, true);
    from = pause.endUs;
  }
  if (whole.endUs > from) draw(from, whole.endUs, false);
  return drawn;
}
