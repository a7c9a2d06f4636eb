import { useRef } from "react";
import { humanCount } from "../time/duration";
import { localDay, localTime } from "../time/instant";
import { widened } from "../time/range";
import { rangePatch, useView } from "../view";
import { type Bar, sumOf } from "./bars";
import { tickLabel, timeTicks } from "./timeTicks";
import { useBarSelection } from "./useBarSelection";

/** A bar is 10 units wide in the drawing, whatever the page makes of it. */
const BAR = 10;

interface Look {
  /** What the name is called for people. */
  label: string;
  /** The attribute that the stylesheet colours it by. */
  colour: { "data-level"?: string; "data-hue"?: number | undefined };
}

interface BarChartProps {
  bars: Bar[];
  height: number;
  /** What is counted, said to those who hear the page: `Log lines over time`. */
  label: string;
  testId: string;
  className?: string;
  /** About how many times to write under it, on a telephone and elsewhere. */
  ticks: { narrow: number; wide: number };
  /** In the order in which counts are read out. */
  names: readonly string[];
  lookOf: (name: string) => Look;
  narrow: (fromMs: number, toMs: number) => void;
}

/** Counts over time, stacked by name. Dragging, or Shift and the arrow keys, marks a time to narrow to. */
export function BarChart({ bars, height, ticks, names, lookOf, narrow, ...said }: BarChartProps) {
  const view = useView();
  const drawing = useRef<SVGSVGElement>(null);
  const selection = useBarSelection({
    count: bars.length,
    drawing,
    choose: (first, last) => {
      const [from, to] = [bars[first], bars[last]];
      if (from && to) narrow(from.startMs, to.endMs);
    },
    widen: () => view.set(rangePatch(widened(view.range, Date.now()))),
  });
  const [first, last] = [bars[0], bars.at(-1)];
  if (!first || !last) return null;
  const [from, to] = selection.range ?? [selection.at, selection.at];
  const wanted = window.innerWidth < 640 ? ticks.narrow : ticks.wide;

  return (
    <div className={`histogram ${said.className ?? ""}`} data-testid={said.testId}>
      <svg
        ref={drawing}
        viewBox={`0 0 ${bars.length * BAR} ${height}`}
        preserveAspectRatio="none"
        role="application"
        aria-label={`${said.label}. Arrow keys move, Shift and arrow select, Enter narrows to the selection, minus widens.`}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: it is the keyboard's way to what dragging does
        tabIndex={0}
        {...selection.handlers}
      >
        {bars.map((bar, index) => (
          <g key={bar.startMs} transform={`translate(${index * BAR} 0)`}>
            {bar.parts.map((part) => (
              <rect
                key={part.name}
                {...lookOf(part.name).colour}
                x={0.75}
                width={BAR - 1.5}
                y={(1 - part.offset - part.height) * height}
                height={part.height * height}
              />
            ))}
          </g>
        ))}
        {selection.range && (
          <rect
            className="histogram-selection"
            x={selection.range[0] * BAR}
            width={(selection.range[1] - selection.range[0] + 1) * BAR}
            height={height}
          />
        )}
        {selection.at !== null && (
          <rect className="histogram-cursor" x={selection.at * BAR} width={BAR} height={height} />
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
          marked={bars.slice(from, to + 1)}
          share={((from + to) / 2 + 0.5) / bars.length}
          names={names}
          lookOf={lookOf}
        />
      )}
    </div>
  );
}

interface ReadingProps {
  marked: Bar[];
  share: number;
  names: readonly string[];
  lookOf: (name: string) => Look;
}

/** The time and the counts of what is marked: one bar, or all of a selection. */
function Reading({ marked, share, names, lookOf }: ReadingProps) {
  const [first, last] = [marked[0], marked.at(-1)];
  if (!first || !last) return null;
  const start = new Date(first.startMs);
  const counts = sumOf(marked, names);
  return (
    <div
      className="histogram-reading"
      role="status"
      style={{ left: `${Math.min(Math.max(share, 0.12), 0.88) * 100}%` }}
    >
      <span className="tabular">
        {localDay(start)} {localTime(start)} – {localTime(new Date(last.endMs))}
      </span>
      <strong>{humanCount(counts.reduce((sum, { count }) => sum + count, 0))}</strong>
      {counts.map(({ name, count }) => (
        <span key={name} className="legend" {...lookOf(name).colour}>
          <i aria-hidden="true" /> {humanCount(count)} {lookOf(name).label}
        </span>
      ))}
    </div>
  );
}
