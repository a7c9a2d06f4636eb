interface SparklineProps {
  counts: readonly number[];
  errors: readonly number[];
  label: string;
}

const HEIGHT = 28;
const STEP = 4;

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
      {counts.map((count, index) => {
        const whole = scale(count);
        const failed = Math.min(whole, scale(errors[index] ?? 0));
        return (
          // biome-ignore lint/suspicious/noArrayIndexKey: a bucket is its place in time
          <g key={index} transform={`translate(${index * STEP} 0)`}>
            <rect className="spark-whole" width={STEP - 1} y={HEIGHT - whole} height={whole} />
            {failed > 0 && (
              <rect className="spark-failed" width={STEP - 1} y={HEIGHT - failed} height={failed} />
            )}
          </g>
        );
      })}
    </svg>
  );
}
