import { Folds } from "../parts/Axis";
import { LevelMark } from "../parts/LevelMark";
import { humanOffset } from "../time/duration";
import type { TimeScale } from "../time/scale";
import { NARROW_PX } from "./SpanLine";
import type { LogRow } from "./waterfall";

interface WaterfallLogProps {
  row: LogRow;
  scale: TimeScale;
  select: (spanId: string) => void;
}

/** A log line in its place: under its span, and at its time. */
export function WaterfallLog({ row, scale, select }: WaterfallLogProps) {
  const at = scale.at(row.atUs);
  const offset = humanOffset(scale.offsetMs(row.atUs));
  const label =
    at > (window.innerWidth <= NARROW_PX ? 62 : 80)
      ? { right: `calc(${100 - at}% + 8px)` }
      : { left: `calc(${at}% + 8px)` };
  return (
    <div className="span-line log-line-in-trace" data-testid="trace-log" data-level={row.log.log_level}>
      <div className="span-tree" style={{ paddingLeft: `calc(${Math.min(row.depth, 24)} * var(--indent))` }}>
        <span className="fold" />
        <button
          type="button"
          className="span-name"
          data-row
          onClick={() => select(row.log.span_id)}
          title={row.log.message}
        >
          <LevelMark level={row.log.log_level} />
          <span className="span-title">{row.log.message}</span>
        </button>
      </div>
      <div className="span-track">
        <Folds scale={scale} />
        <i className="log-point" data-level={row.log.log_level} style={{ left: `${at}%` }} />
        <span className="span-duration" style={label}>
          {offset}
        </span>
      </div>
    </div>
  );
}
