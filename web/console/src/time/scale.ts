/** A tick nearer to the end than this has no room for its label. */
const LAST_TICK = 0.94;

/** A stretch of time drawn from 0 to 100 %. */
export class TimeScale {
  readonly startUs: number;
  readonly endUs: number;

  constructor(startUs: number, endUs: number) {
    this.startUs = startUs;
    this.endUs = Math.max(endUs, startUs + 1);
  }

  get spanMs(): number {
    return (this.endUs - this.startUs) / 1000;
  }

  /** Where a time stands, in per cent; what lies outside is held at the edge. */
  at(us: number): number {
    const share = ((us - this.startUs) / (this.endUs - this.startUs)) * 100;
    return Math.min(100, Math.max(0, share));
  }

  /** Milliseconds since the beginning. */
  offsetMs(us: number): number {
    return (us - this.startUs) / 1000;
  }

  /** Round offsets (1, 2 or 5 times a power of ten) along the stretch, about `wanted` of them. */
  ticks(wanted: number): { ms: number; percent: number }[] {
    const rough = this.spanMs / Math.max(1, wanted);
    const power = 10 ** Math.floor(Math.log10(rough));
    const step = [1, 2, 5, 10].map((factor) => factor * power).find((each) => each >= rough) ?? rough;
    const ticks: { ms: number; percent: number }[] = [];
    for (let count = 0; count * step < this.spanMs * LAST_TICK; count += 1) {
      ticks.push({ ms: count * step, percent: ((count * step) / this.spanMs) * 100 });
    }
    return ticks;
  }
}
