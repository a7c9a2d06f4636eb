import { useMemo } from "react";
import { type Histogram as HistogramData, LEVELS } from "../api/types";
import { BarChart } from "../chart/BarChart";
import { stackedBars } from "../chart/bars";

const WORST_FIRST = [...LEVELS].reverse();

interface HistogramProps {
  histogram: HistogramData;
  narrow: (fromMs: number, toMs: number) => void;
}

/** Lines over time by level, the worst at the bottom. */
export function Histogram({ histogram, narrow }: HistogramProps) {
  const bars = useMemo(
    () => stackedBars(histogram.buckets, histogram.interval_seconds, WORST_FIRST),
    [histogram],
  );
  return (
    <BarChart
      bars={bars}
      height={72}
      label="Log lines over time"
      testId="histogram"
      ticks={{ narrow: 5, wide: 10 }}
      names={WORST_FIRST}
      lookOf={(level) => ({ label: level, colour: { "data-level": level } })}
      narrow={narrow}
    />
  );
}
