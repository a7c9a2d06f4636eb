import { useWindowVirtualizer } from "@tanstack/react-virtual";
import { useEffect, useMemo, useRef, useState } from "react";
import type { Log } from "../api/types";
import { walkRows } from "../parts/rowKeys";
import { usePageOffset } from "../parts/useScroll";
import { LogRow } from "./LogRow";

const ROW_PX = 26;
const NARROW_ROW_PX = 48;
const OVERSCAN = 16;
/** How many rows before the end the next page is asked for. */
const NEAR_END = 40;

interface LogListProps {
  logs: readonly Log[];
  day: boolean;
  nearEnd?: () => void;
}

/** Any number of lines: only those in view are in the page. */
export function LogList({ logs, day, nearEnd }: LogListProps) {
  const list = useRef<HTMLDivElement>(null);
  const [open, setOpen] = useState<ReadonlySet<string>>(new Set());
  const keys = useMemo(() => keysOf(logs), [logs]);
  const offset = usePageOffset(list, logs.length > 0);
  const rows = useWindowVirtualizer({
    count: logs.length,
    estimateSize: () => (window.innerWidth < 720 ? NARROW_ROW_PX : ROW_PX),
    overscan: OVERSCAN,
    scrollMargin: offset,
    getItemKey: (index) => keys[index] ?? index,
  });
  const visible = rows.getVirtualItems();
  const lastVisible = visible.at(-1)?.index ?? 0;
  useEffect(() => {
    if (nearEnd && lastVisible >= logs.length - NEAR_END) nearEnd();
  }, [lastVisible, logs.length, nearEnd]);

  const toggle = (key: string) =>
    setOpen((before) => {
      const next = new Set(before);
      if (!next.delete(key)) next.add(key);
      return next;
    });

  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the keys belong to the buttons in it and bubble up here
    <div
      className="log-list"
      ref={list}
      style={{ height: rows.getTotalSize() }}
      onKeyDown={(event) => {
        walkRows(event);
        if (event.key === "Escape") setOpen(new Set());
      }}
    >
      {visible.map((row) => {
        const log = logs[row.index];
        if (!log) return null;
        const key = String(row.key);
        return (
          <div
            key={key}
            ref={rows.measureElement}
            data-index={row.index}
            className="log-slot"
            style={{ transform: `translateY(${row.start - offset}px)` }}
          >
            <LogRow log={log} open={open.has(key)} day={day} toggle={() => toggle(key)} />
          </div>
        );
      })}
    </div>
  );
}

// Records have no id of their own; what tells two apart is what they say, and which of its like a line is.
// Counted from the oldest, so that lines arriving on top leave the keys of the others alone.
function keysOf(logs: readonly Log[]): string[] {
  const seen = new Map<string, number>();
  const keys = Array<string>(logs.length);
  for (let index = logs.length - 1; index >= 0; index -= 1) {
    const log = logs[index];
    const key = log ? `${log.timestamp} ${log.service_name} ${log.span_id} ${log.message}` : "";
    const before = seen.get(key) ?? 0;
    seen.set(key, before + 1);
    keys[index] = `${key} ${before}`;
  }
  return keys;
}
