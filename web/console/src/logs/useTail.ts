import { useEffect, useRef, useState } from "react";
import { address, open } from "../api/client";
import { ApiError, isAway } from "../api/errors";
import { readEvents } from "../api/events";
import type { LogScope } from "../api/queries";
import type { Log } from "../api/types";
import { EMPTY_TAIL, receive, release, type TailBuffer } from "./tailBuffer";

/** How often what arrived is painted: a busy tail must not redraw per line. */
const PAINT_EVERY_MS = 200;
const RECONNECT_AFTER_MS = 2000;

export interface Tail {
  buffer: TailBuffer;
  connected: boolean;
  /** It was tried, and in vain: what comes in meanwhile is not shown. */
  lost: boolean;
  showHeld: () => void;
}

interface TailOptions {
  scope: LogScope;
  paused: boolean;
  onError: (error: Error | null) => void;
}

/** Follows new lines. A lost connection is taken up again; a refused query is told. */
export function useTail({ scope, paused, onError }: TailOptions): Tail {
  const [buffer, setBuffer] = useState<TailBuffer>(EMPTY_TAIL);
  const [connected, setConnected] = useState(false);
  const [lost, setLost] = useState(false);
  const pausedNow = useRef(paused);
  pausedNow.current = paused;
  const url = address("/api/logs/tail", { query: scope.query, tenant: scope.tenant });

  useEffect(() => {
    const abort = new AbortController();
    let arrived: Log[] = [];
    const paint = setInterval(() => {
      if (arrived.length === 0) return;
      const batch = arrived;
      arrived = [];
      setBuffer((before) => receive(before, batch, pausedNow.current));
    }, PAINT_EVERY_MS);
    const onDropped = (count: number) =>
      setBuffer((before) => ({ ...before, dropped: before.dropped + count }));
    void follow(url, {
      signal: abort.signal,
      onOpen: () => {
        setConnected(true);
        setLost(false);
        onError(null);
      },
      onLost: () => {
        setConnected(false);
        setLost(true);
      },
      onLog: (log) => arrived.push(log),
      onDropped,
      onRefused: onError,
    });
    return () => {
      abort.abort();
      clearInterval(paint);
    };
  }, [url, onError]);

  return { buffer, connected, lost, showHeld: () => setBuffer(release) };
}

interface Following {
  signal: AbortSignal;
  onOpen: () => void;
  onLost: () => void;
  onLog: (log: Log) => void;
  onDropped: (count: number) => void;
  onRefused: (error: Error) => void;
}

async function follow(url: string, to: Following): Promise<void> {
  while (!to.signal.aborted) {
    try {
      const stream = await open(url, to.signal);
      to.onOpen();
      for await (const event of readEvents(stream)) {
        if (event.name === "log") to.onLog(JSON.parse(event.data) as Log);
        else if (event.name === "dropped") to.onDropped(Number(JSON.parse(event.data).count ?? 0));
      }
    } catch (error) {
      if (to.signal.aborted) return;
      if (error instanceof ApiError && !isAway(error)) return to.onRefused(error);
    }
    to.onLost();
    await pause(RECONNECT_AFTER_MS, to.signal);
  }
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener("abort", () => {
      clearTimeout(timer);
      resolve();
    });
  });
}
