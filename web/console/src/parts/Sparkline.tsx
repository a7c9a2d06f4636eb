interface SparklineProps {
  counts: readonly number[];
  errors: readonly number[];
  label: string;
}

const HEIGHT = 28;
const STEP = 4;

/** Bars as one path: an element for each would be most of a page of many services. */
const bars = (heights: number[]) =>
  heights
    .map((height, index) =>
      height > 0 ? `M${index * STEP} ${HEIGHT}v${-height}h${STEP - 1}v${height}z` : "",
    )
    .join("");

/** Bars of requests over time; the failed part of each in red. */
export function Sparkline({ counts, errors, label }: SparklineProps) {
  const most = Math.max(1, ...counts);
  const scale = (count: number) => (count === 0 ? 0 : Math.max(1.5, (count / most) * (HEIGHT - 2)));
  return (
    <svg
      className="sparkline"
      viewBox={`0 0 ${counts.length * STEP} ${HEIGHT}`}
      preserveAspectRatio="none"
      role="img"
      aria-label={label}
    >
      <path className="spark-whole" d={bars(counts.map(scale))} />
      <path
        className="spark-failed"
        d={bars(counts.map((count, index) => Math.min(scale(count), scale(errors[index] ?? 0))))}
      />
    </svg>
  );
}
