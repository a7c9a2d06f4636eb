import { useWindowVirtualizer } from "@tanstack/react-virtual";
import { useEffect, useMemo, useRef, useState } from "react";
import type { Log } from "../api/types";
import { walkRows } from "../parts/rowKeys";
import { usePageOffset } from "../parts/useScroll";
import { useView } from "../view";
import { LogRow } from "./LogRow";
import { rowName } from "./rowName";

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
  const view = useView();
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

  const named = view.get("row");
  const restored = useRef(false);
  useEffect(() => {
    const index = restored.current || !named ? -1 : logs.findIndex((log) => rowName(log) === named);
    const key = keys[index];
    if (key === undefined) return;
    restored.current = true;
    setOpen((before) => new Set(before).add(key));
    if (index * ROW_PX > window.innerHeight / 2) rows.scrollToIndex(index, { align: "center" });
  }, [logs, keys, named, rows]);

  const toggle = (key: string, log: Log) => {
    const next = new Set(open);
    const closes = next.delete(key);
    if (!closes) next.add(key);
    setOpen(next);
    restored.current = true;
    view.set({ row: closes ? null : rowName(log) }, { replace: true });
  };

  const closeAll = (from: HTMLElement) => {
    // What has the focus goes with the details; its row stays.
    from.closest("[data-testid=log-row]")?.querySelector<HTMLElement>("[data-row]")?.focus();
    setOpen(new Set());
    if (named) view.set({ row: null }, { replace: true });
  };

  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the keys belong to the buttons in it and bubble up here
    <div
      className="log-list"
      ref={list}
      style={{ height: rows.getTotalSize() }}
      onKeyDown={(event) => {
        walkRows(event);
        if (event.key === "Escape") closeAll(event.target as HTMLElement);
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
            <LogRow log={log} open={open.has(key)} day={day} toggle={() => toggle(key, log)} />
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
