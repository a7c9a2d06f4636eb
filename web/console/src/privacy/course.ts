import type { CourseStep } from "../api/privacy";

export interface Part {
  kind: string;
  offset: number;
  height: number;
  count: number;
}

export interface Bar {
  startMs: number;
  endMs: number;
  total: number;
  /** From the bottom up, in the order of the kinds. Heights are shares of the tallest bar. */
  parts: Part[];
}

/** Fewer than this of the height would vanish: one private key among thousands of addresses must be seen. */
const LEAST_PART = 0.025;

/** A time's findings as stacked bars; the rarest kinds stand at the bottom, where small counts can be seen. */
export function courseBars(
  course: readonly CourseStep[],
  intervalSeconds: number,
  kinds: readonly string[],
): Bar[] {
  const order = [...kinds].reverse();
  const totalOf = (step: CourseStep) => order.reduce((sum, kind) => sum + (step.counts[kind] ?? 0), 0);
  const most = Math.max(1, ...course.map(totalOf));
  const stacks = course.map((step) => stacked(step, order, most));
  const tallest = Math.max(1, ...stacks.map(({ height }) => height));
  return course.map((step, place) => {
    const startMs = Date.parse(step.start);
    const parts = (stacks[place]?.parts ?? []).map((part) => ({
      ...part,
      offset: part.offset / tallest,
      height: part.height / tallest,
    }));
    return { startMs, endMs: startMs + intervalSeconds * 1000, total: totalOf(step), parts };
  });
}

/** The least heights make a stack taller than its count: the tallest then sets the scale. */
function stacked(
  { counts }: CourseStep,
  order: readonly string[],
  most: number,
): { height: number; parts: Part[] } {
  let height = 0;
  const parts = order.flatMap((kind) => {
    const count = counts[kind] ?? 0;
    if (count === 0) return [];
    const part = { kind, offset: height, height: Math.max(count / most, LEAST_PART), count };
    height += part.height;
    return [part];
  });
  return { height, parts };
}

/** How much of each kind some bars hold together, in the order of `kinds`; kinds without any are left out. */
export function sumOf(some: readonly Bar[], kinds: readonly string[]): { kind: string; count: number }[] {
  const parts = some.flatMap((bar) => bar.parts);
  return kinds.flatMap((kind) => {
    const count = parts.reduce((sum, part) => sum + (part.kind === kind ? part.count : 0), 0);
    return count > 0 ? [{ kind, count }] : [];
  });
}
