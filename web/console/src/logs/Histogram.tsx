import { useMemo, useRef } from "react";
import type { Histogram as HistogramData } from "../api/types";
import { humanCount } from "../time/duration";
import { localDay, localTime } from "../time/instant";
import { widened } from "../time/range";
import { rangePatch, useView } from "../view";
import { type Bar, bars, countsOf, tickLabel, timeTicks } from "./histogramScale";
import { useBarSelection } from "./useBarSelection";

const HEIGHT = 72;
/** A bar is 10 units wide in the drawing, whatever the page makes of it. */
const BAR = 10;

interface HistogramProps {
  histogram: HistogramData;
  narrow: (fromMs: number, toMs: number) => void;
}

/** Lines over time by level. Dragging, or Shift and the arrow keys, marks a stretch to narrow to. */
export function Histogram({ histogram, narrow }: HistogramProps) {
  const view = useView();
  const drawing = useRef<SVGSVGElement>(null);
  const all = useMemo(() => bars(histogram), [histogram]);
  const selection = useBarSelection({
    count: all.length,
    drawing,
    choose: (first, last) => {
      const [from, to] = [all[first], all[last]];
      if (from && to) narrow(from.startMs, to.endMs);
    },
    widen: () => view.set(rangePatch(widened(view.range, Date.now()))),
  });
  const [first, last] = [all[0], all.at(-1)];
  if (!first || !last) return null;
  const spanMs = last.endMs - first.startMs;
  const [from, to] = selection.range ?? [selection.at, selection.at];

  return (
    <div className="histogram" data-testid="histogram">
      <svg
        ref={drawing}
        viewBox={`0 0 ${all.length * BAR} ${HEIGHT}`}
        preserveAspectRatio="none"
        role="application"
        aria-label="Log lines over time. Arrow keys move, Shift and arrow select, Enter narrows to the selection, minus widens."
        // biome-ignore lint/a11y/noNoninteractiveTabindex: it is the keyboard's way to what dragging does
        tabIndex={0}
        {...selection.handlers}
      >
        {all.map((bar, index) => (
          <Column key={bar.startMs} bar={bar} index={index} />
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
        {timeTicks({ fromMs: first.startMs, toMs: last.endMs, wanted: window.innerWidth < 640 ? 5 : 10 }).map(
          (tick) => (
            <span key={tick.ms} style={{ left: `${tick.share * 100}%` }}>
              {tickLabel(tick.ms, spanMs)}
            </span>
          ),
        )}
      </div>
      {from !== null && to !== null && (
        <Reading marked={all.slice(from, to + 1)} share={((from + to) / 2 + 0.5) / all.length} />
      )}
    </div>
  );
}

function Column({ bar, index }: { bar: Bar; index: number }) {
  return (
    <g transform={`translate(${index * BAR} 0)`}>
      {bar.parts.map((part) => (
        <rect
          key={part.level}
          data-level={part.level}
          x={0.75}
          width={BAR - 1.5}
          y={Math.max(0, (1 - part.offset - part.height) * HEIGHT)}
          height={part.height * HEIGHT}
        />
      ))}
    </g>
  );
}

/** The time and the counts of what is marked: one bar, or all of a selection. */
function Reading({ marked, share }: { marked: Bar[]; share: number }) {
  const [first, last] = [marked[0], marked.at(-1)];
  if (!first || !last) return null;
  const start = new Date(first.startMs);
  const counts = countsOf(marked);
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
      {counts.map(({ level, count }) => (
        <span key={level} className="legend" data-level={level}>
          <i aria-hidden="true" /> {humanCount(count)} {level}
        </span>
      ))}
    </div>
  );
}
