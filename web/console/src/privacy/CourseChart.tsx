import { useMemo, useRef } from "react";
import type { Findings } from "../api/privacy";
import { tickLabel, timeTicks } from "../logs/histogramScale";
import { useBarSelection } from "../logs/useBarSelection";
import { humanCount } from "../time/duration";
import { localDay, localTime } from "../time/instant";
import { absoluteRange, widened } from "../time/range";
import { rangePatch, useView } from "../view";
import { type Bar, courseBars, sumOf } from "./course";
import { kindName, type kindsOf } from "./kinds";

const HEIGHT = 120;
/** A bar is 10 units wide in the drawing, whatever the page makes of it. */
const BAR = 10;
const TICKS = { narrow: 4, wide: 10 };

interface CourseChartProps {
  findings: Findings;
  kinds: ReturnType<typeof kindsOf>;
}

/** What was found over time, stacked by kind. Dragging, or Shift and the arrow keys, marks a time to narrow to. */
export function CourseChart({ findings, kinds }: CourseChartProps) {
  const view = useView();
  const drawing = useRef<SVGSVGElement>(null);
  const names = useMemo(() => kinds.map(({ kind }) => kind), [kinds]);
  const hues = useMemo(() => new Map(kinds.map(({ kind, hue }) => [kind, hue])), [kinds]);
  const all = useMemo(() => courseBars(findings.course, findings.interval_seconds, names), [findings, names]);
  const selection = useBarSelection({
    count: all.length,
    drawing,
    choose: (first, last) => {
      const [from, to] = [all[first], all[last]];
      if (from && to) view.set(rangePatch(absoluteRange(from.startMs, to.endMs)));
    },
    widen: () => view.set(rangePatch(widened(view.range, Date.now()))),
  });
  const [first, last] = [all[0], all.at(-1)];
  if (!first || !last) return null;
  const [from, to] = selection.range ?? [selection.at, selection.at];
  const wanted = window.innerWidth < 640 ? TICKS.narrow : TICKS.wide;

  return (
    <div className="histogram course" data-testid="course">
      <svg
        ref={drawing}
        viewBox={`0 0 ${all.length * BAR} ${HEIGHT}`}
        preserveAspectRatio="none"
        role="application"
        aria-label="Findings over time by kind. Arrow keys move, Shift and arrow select, Enter narrows to the selection, minus widens."
        // biome-ignore lint/a11y/noNoninteractiveTabindex: it is the keyboard's way to what dragging does
        tabIndex={0}
        {...selection.handlers}
      >
        {all.map((bar, index) => (
          <g key={bar.startMs} transform={`translate(${index * BAR} 0)`}>
            {bar.parts.map((part) => (
              <rect
                key={part.kind}
                data-hue={hues.get(part.kind)}
                x={0.75}
                width={BAR - 1.5}
                y={Math.max(0, (1 - part.offset - part.height) * HEIGHT)}
                height={part.height * HEIGHT}
              />
            ))}
          </g>
        ))}
        {selection.range && (
          <rect
            className="histogram-selection"
            x={selection.range[0] * BAR}
            width={(selection.range[1] - selection.range[0] + 1) * BAR}
            height={HEIGHT}
          />
        )}
        {selection.at !== null && (
          <rect className="histogram-cursor" x={selection.at * BAR} width={BAR} height={HEIGHT} />
        )}
      </svg>
      <div className="histogram-axis" aria-hidden="true">
        {timeTicks({ fromMs: first.startMs, toMs: last.endMs, wanted }).map((tick) => (
          <span key={tick.ms} style={{ left: `${tick.share * 100}%` }}>
            {tickLabel(tick.ms, last.endMs - first.startMs)}
          </span>
        ))}
      </div>
      {from !== null && to !== null && (
        <Reading
          marked={all.slice(from, to + 1)}
          share={((from + to) / 2 + 0.5) / all.length}
          names={names}
          hues={hues}
        />
      )}
    </div>
  );
}

interface ReadingProps {
  marked: Bar[];
  share: number;
  names: string[];
  hues: Map<string, number>;
}

/** The time and the counts of what is marked: one bar, or all of a selection. */
function Reading({ marked, share, names, hues }: ReadingProps) {
  const [first, last] = [marked[0], marked.at(-1)];
  if (!first || !last) return null;
  const start = new Date(first.startMs);
  return (
    <div
      className="histogram-reading"
      role="status"
      style={{ left: `${Math.min(Math.max(share, 0.12), 0.88) * 100}%` }}
    >
      <span className="tabular">
        {localDay(start)} {localTime(start)} – {localTime(new Date(last.endMs))}
      </span>
      <strong>{humanCount(marked.reduce((sum, { total }) => sum + total, 0))}</strong>
      {sumOf(marked, names).map(({ kind, count }) => (
        <span key={kind} className="legend" data-hue={hues.get(kind)}>
          <i aria-hidden="true" /> {humanCount(count)} {kindName(kind)}
        </span>
      ))}
    </div>
  );
}
