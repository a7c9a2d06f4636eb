import { type Histogram, LEVELS } from "../api/types";
import { counted, humanCount, humanDuration } from "../time/duration";

interface CountLineProps {
  count: number | undefined;
  counting: boolean;
  histogram: Histogram | undefined;
}

/** The exact number of lines found, by level, and how wide a bar is. */
export function CountLine({ count, counting, histogram }: CountLineProps) {
  const totals = LEVELS.map((level) => ({
    level,
    total: histogram?.buckets.reduce((sum, bucket) => sum + (bucket.counts[level] ?? 0), 0) ?? 0,
  })).filter(({ total }) => total > 0);
  return (
    <p className="count-line" aria-live="polite">
      <strong data-testid="log-count" data-busy={counting}>
        {count === undefined ? "Counting…" : counted(count, "log line")}
      </strong>
      {totals.map(({ level, total }) => (
        <span key={level} className="legend" data-level={level}>
          <i aria-hidden="true" /> {humanCount(total)} {level}
        </span>
      ))}
      {histogram && totals.length > 0 && (
        <span className="muted count-interval">
          one bar: {humanDuration(histogram.interval_seconds * 1000)}
        </span>
      )}
    </p>
  );
}
