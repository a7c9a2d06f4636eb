import type { CSSProperties } from "react";
import { Folds } from "../parts/Axis";
import { Icon } from "../parts/Icon";
import { serviceHue } from "../parts/serviceHue";
import { counted, humanDuration, humanOffset } from "../time/duration";
import { microseconds } from "../time/instant";
import type { TimeScale } from "../time/scale";
import type { SpanRow } from "./waterfall";

/** As in the stylesheet. */
export const NARROW_PX = 960;

interface SpanLineProps {
  row: SpanRow;
  scale: TimeScale;
  selected: boolean;
  select: (spanId: string) => void;
  fold: (spanId: string, fold: boolean) => void;
}

/** Beyond this there is no room after a bar for its duration; before the other, none in front of it. */
const NO_ROOM = { after: 82, before: 22 };
const NO_ROOM_NARROW = { after: 66, before: 38 };

export function SpanLine({ row, scale, selected, select, fold }: SpanLineProps) {
  const { span } = row;
  const failed = span.status === "error";
  return (
    <div
      className="span-line"
      data-testid="span-row"
      data-service={span.service_name}
      data-span-name={span.name}
      data-selected={selected}
      data-failed={failed}
    >
      <div className="span-tree" style={{ paddingLeft: `calc(${Math.min(row.depth, 24)} * var(--indent))` }}>
        {row.below > 0 ? (
          <button
            type="button"
            className="fold"
            tabIndex={-1}
            aria-label={row.folded ? `Unfold ${counted(row.below, "span")}` : "Fold"}
            aria-expanded={!row.folded}
            onClick={() => fold(span.span_id, !row.folded)}
          >
            <Icon name="chevron" />
          </button>
        ) : (
          <span className="fold" />
        )}
        <button
          type="button"
          className="span-name"
          data-row
          data-span={span.span_id}
          aria-pressed={selected}
          onClick={() => select(span.span_id)}
        >
          <i className="service-dot" data-hue={serviceHue(span.service_name)} aria-hidden="true" />
          <span className="span-service">{span.service_name}</span>
          <span className="span-title">{span.name}</span>
          {(failed || (row.folded && row.errorBelow)) && (
            <span className="span-failed" title={span.status_message || "failed"}>
              <Icon name="alert" />
            </span>
          )}
          {row.folded && <span className="badge">{row.below}</span>}
          {row.orphan && (
            <span className="badge" title="Its parent span is not here">
              no parent
            </span>
          )}
        </button>
      </div>
      {/* biome-ignore lint/a11y/useKeyWithClickEvents: the name beside it does the same by keyboard */}
      {/* biome-ignore lint/a11y/noStaticElementInteractions: a larger place to click for what the name does */}
      <div className="span-track" onClick={() => select(span.span_id)}>
        <Folds scale={scale} />
        <Bar row={row} scale={scale} />
      </div>
    </div>
  );
}

function Bar({ row, scale }: { row: SpanRow; scale: TimeScale }) {
  const left = scale.at(row.startUs);
  const right = scale.at(row.endUs);
  const place = labelPlace(left, right);
  return (
    <>
      <span
        className="span-bar"
        data-hue={serviceHue(row.span.service_name)}
        data-failed={row.span.status === "error"}
        title={`starts ${humanOffset(scale.offsetMs(row.startUs))}, takes ${humanDuration(row.span.duration_ms)}`}
        style={{ left: `${left}%`, width: `max(2px, ${right - left}%)` }}
      />
      {row.span.events.map((event) => (
        <i
          key={`${event.timestamp} ${event.name}`}
          className="span-event"
          title={`${event.name} ${humanOffset(scale.offsetMs(microseconds(event.timestamp)))}`}
          style={{ left: `${scale.at(microseconds(event.timestamp))}%` }}
        />
      ))}
      {row.logs.map((log) => (
        <i
          key={`${log.timestamp} ${log.message}`}
          className="span-log"
          data-level={log.log_level}
          title={`${log.log_level}: ${log.message} (${humanOffset(scale.offsetMs(microseconds(log.timestamp)))})`}
          style={{ left: `${scale.at(microseconds(log.timestamp))}%` }}
        />
      ))}
      <span className="span-duration" data-on-bar={place.onBar} style={place.style}>
        {humanDuration(row.span.duration_ms)}
      </span>
    </>
  );
}

/** The duration stands after its bar, else in front of it, else at the beginning of the bar itself. */
function labelPlace(left: number, right: number): { onBar: boolean; style: CSSProperties } {
  const noRoom = window.innerWidth <= NARROW_PX ? NO_ROOM_NARROW : NO_ROOM;
  if (right <= noRoom.after) return { onBar: false, style: { left: `calc(${right}% + 8px)` } };
  if (left >= noRoom.before) return { onBar: false, style: { right: `calc(${100 - left}% + 6px)` } };
  return { onBar: true, style: { left: `calc(${left}% + 6px)` } };
}
