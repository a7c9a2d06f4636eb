import { useWindowVirtualizer } from "@tanstack/react-virtual";
import { useEffect, useRef } from "react";
import { walkRows } from "../parts/rowKeys";
import { usePageOffset } from "../parts/useScroll";
import type { TimeScale } from "../time/scale";
import { TimelineRow } from "./TimelineRow";
import type { Entry } from "./timeline";

const ROW_PX = 30;
const OVERSCAN = 20;

interface TimelineProps {
  entries: readonly Entry[];
  scale: TimeScale;
  open: string;
  toggle: (key: string) => void;
}

/** Everything in the order it happened, whatever service and kind it is of. */
export function Timeline({ entries, scale, open, toggle }: TimelineProps) {
  const list = useRef<HTMLDivElement>(null);
  const offset = usePageOffset(list, entries.length > 0);
  const rows = useWindowVirtualizer({
    count: entries.length,
    estimateSize: () => ROW_PX,
    overscan: OVERSCAN,
    scrollMargin: offset,
    getItemKey: (index) => entries[index]?.key ?? index,
  });
  useEffect(() => {
    const index = entries.findIndex((each) => each.key === open);
    const row = list.current?.querySelector(`[data-key="${CSS.escape(open)}"]`)?.getBoundingClientRect();
    const inView = row && row.top >= 0 && row.top < window.innerHeight - ROW_PX * 2;
    if (index >= 0 && !inView) rows.scrollToIndex(index, { align: "center" });
  }, [entries, open, rows]);

  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the keys belong to the buttons in it and bubble up here
    <div
      ref={list}
      className="timeline"
      style={{ height: rows.getTotalSize() }}
      onKeyDown={(event) => {
        walkRows(event);
        if (event.key === "Escape" && open) toggle(open);
      }}
    >
      {rows.getVirtualItems().map((row) => {
        const each = entries[row.index];
        if (!each) return null;
        return (
          <div
            key={row.key}
            ref={rows.measureElement}
            data-index={row.index}
            className="timeline-slot"
            style={{ transform: `translateY(${row.start - offset}px)` }}
          >
            <TimelineRow each={each} scale={scale} open={each.key === open} toggle={toggle} />
          </div>
        );
      })}
    </div>
  );
}
