import { useWindowVirtualizer } from "@tanstack/react-virtual";
import { type KeyboardEvent, useEffect, useRef } from "react";
import { Axis } from "../parts/Axis";
import { walkRows } from "../parts/rowKeys";
import { usePageOffset } from "../parts/useScroll";
import { counted } from "../time/duration";
import { SpanLine } from "./SpanLine";
import { WaterfallLog } from "./WaterfallLog";
import type { Waterfall } from "./waterfall";

const ROW_PX = 28;
const OVERSCAN = 20;

interface WaterfallViewProps {
  drawn: Waterfall;
  selected: string;
  select: (spanId: string) => void;
  fold: (spanId: string, fold: boolean) => void;
}

/** Spans as bars on one time axis, a tree to the left; ↑ ↓ walk, ← → fold, Enter opens. */
export function WaterfallView({ drawn, selected, select, fold }: WaterfallViewProps) {
  const list = useRef<HTMLDivElement>(null);
  const offset = usePageOffset(list, drawn);
  const { scale } = drawn;
  const rows = useWindowVirtualizer({
    count: drawn.rows.length,
    estimateSize: () => ROW_PX,
    overscan: OVERSCAN,
    scrollMargin: offset,
    getItemKey: (index) => drawn.rows[index]?.key ?? index,
  });
  const shown = useRef(false);
  useEffect(() => {
    if (shown.current || !selected) return;
    shown.current = true;
    const index = drawn.rows.findIndex((row) => row.key === selected);
    if (index * ROW_PX > window.innerHeight * 0.6) rows.scrollToIndex(index, { align: "center" });
  }, [drawn, selected, rows]);

  const onKeyDown = (event: KeyboardEvent<HTMLElement>) => {
    walkRows(event);
    const spanId = (event.target as HTMLElement).dataset.span;
    if (spanId && event.key === "ArrowLeft") fold(spanId, true);
    else if (spanId && event.key === "ArrowRight") fold(spanId, false);
    else if (event.key === "Escape" && selected) select(selected);
  };

  return (
    <div className="waterfall">
      <div className="waterfall-axis">
        <span className="waterfall-axis-name">Span</span>
        <Axis scale={scale} wanted={6} />
      </div>
      {/* biome-ignore lint/a11y/noStaticElementInteractions: the keys belong to the buttons in it and bubble up here */}
      <div
        ref={list}
        className="waterfall-rows"
        style={{ height: rows.getTotalSize() }}
        onKeyDown={onKeyDown}
      >
        {rows.getVirtualItems().map((item) => {
          const row = drawn.rows[item.index];
          if (!row) return null;
          return (
            <div
              key={item.key}
              className="waterfall-slot"
              style={{ transform: `translateY(${item.start - offset}px)` }}
            >
              {row.kind === "span" ? (
                <SpanLine
                  row={row}
                  scale={scale}
                  selected={row.key === selected}
                  select={select}
                  fold={fold}
                />
              ) : (
                <WaterfallLog row={row} scale={scale} select={select} />
              )}
            </div>
          );
        })}
      </div>
      {drawn.loose.length > 0 && (
        <p className="muted small-text">
          {counted(drawn.loose.length, "log line")} of spans that are not here.
        </p>
      )}
    </div>
  );
}
