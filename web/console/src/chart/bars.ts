/** What was counted from one time to the next, by name: levels of lines, kinds of findings. */
export interface Step {
  start: string;
  counts: Readonly<Record<string, number>>;
}

export interface Part {
  name: string;
  offset: number;
  height: number;
  count: number;
}

export interface Bar {
  startMs: number;
  endMs: number;
  /** From the bottom up. Heights are shares of the tallest bar. */
  parts: Part[];
}

/** Fewer than this of the height would vanish: one error among thousands of lines must be seen. */
const LEAST_PART = 0.025;

/** Steps of time as stacked bars; the first of `names` stands at the bottom, where small counts can be seen. */
export function stackedBars(
  steps: readonly Step[],
  intervalSeconds: number,
  names: readonly string[],
): Bar[] {
  const totalOf = ({ counts }: Step) => names.reduce((sum, name) => sum + (counts[name] ?? 0), 0);
  const most = Math.max(1, ...steps.map(totalOf));
  const stacks = steps.map((step) => stacked(step, names, most));
  const tallest = Math.max(1, ...stacks.map(({ height }) => height));
  return steps.map((step, place) => {
    const startMs = Date.parse(step.start);
    const parts = (stacks[place]?.parts ?? []).map((part) => ({
      ...part,
      offset: part.offset / tallest,
      height: part.height / tallest,
    }));
    return { startMs, endMs: startMs + intervalSeconds * 1000, parts };
  });
}

/** The least heights make a stack taller than its count: the tallest then sets the scale. */
function stacked(
  { counts }: Step,
  names: readonly string[],
  most: number,
): { height: number; parts: Part[] } {
  let height = 0;
  const parts = names.flatMap((name) => {
    const count = counts[name] ?? 0;
    if (count === 0) return [];
    const part = { name, offset: height, height: Math.max(count / most, LEAST_PART), count };
    height += part.height;
    return [part];
  });
  return { height, parts };
}

/** How much of each name some bars hold together, in the order of `names`; those without any are left out. */
export function sumOf(some: readonly Bar[], names: readonly string[]): { name: string; count: number }[] {
  const parts = some.flatMap((bar) => bar.parts);
  return names.flatMap((name) => {
    const count = parts.reduce((sum, part) => sum + (part.name === name ? part.count : 0), 0);
    return count > 0 ? [{ name, count }] : [];
  });
}
