import { useMemo } from "react";
import type { Findings } from "../api/privacy";
import { BarChart } from "../chart/BarChart";
import { stackedBars } from "../chart/bars";
import { absoluteRange } from "../time/range";
import { rangePatch, useView } from "../view";
import { kindName, type kindsOf } from "./kinds";

interface CourseChartProps {
  findings: Findings;
  kinds: ReturnType<typeof kindsOf>;
}

/** What was found over time by kind, the rarest at the bottom. */
export function CourseChart({ findings, kinds }: CourseChartProps) {
  const view = useView();
  const names = useMemo(() => kinds.map(({ kind }) => kind), [kinds]);
  const hues = useMemo(() => new Map(kinds.map(({ kind, hue }) => [kind, hue])), [kinds]);
  const bars = useMemo(
    () => stackedBars(findings.course, findings.interval_seconds, [...names].reverse()),
    [findings, names],
  );
  return (
    <BarChart
      bars={bars}
      height={120}
      label="Findings over time by kind"
      testId="course"
      className="course"
      ticks={{ narrow: 4, wide: 10 }}
      names={names}
      lookOf={(kind) => ({ label: kindName(kind), colour: { "data-hue": hues.get(kind) } })}
      narrow={(fromMs, toMs) => view.set(rangePatch(absoluteRange(fromMs, toMs)))}
    />
  );
}
