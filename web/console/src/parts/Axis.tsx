import { humanDuration } from "../time/duration";
import type { TimeScale } from "../time/scale";

/** Round offsets along a time scale, and where a pause on it is folded. */
export function Axis({ scale, wanted }: { scale: TimeScale; wanted: number }) {
  return (
    <div className="axis" aria-hidden="true">
      {scale.ticks(window.innerWidth < 720 ? 3 : wanted).map((tick) => (
        <span key={tick.ms} className="axis-tick" style={{ left: `${tick.percent}%` }}>
          {humanDuration(tick.ms)}
        </span>
      ))}
    </div>
  );
}

/** The folded pauses, over the rows of a timeline. Put it into what the scale is drawn on. */
export function Folds({ scale }: { scale: TimeScale }) {
  return scale.breaks.map((each) => (
    <span
      key={each.left}
      className="fold-mark"
      title={`Nothing happened for ${humanDuration(each.ms)}`}
      style={{ left: `${each.left}%`, width: `${each.width}%` }}
    />
  ));
}
