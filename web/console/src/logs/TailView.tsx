import { useEffect, useState } from "react";
import type { LogScope } from "../api/queries";
import { Icon } from "../parts/Icon";
import { counted, humanCount } from "../time/duration";
import { LogList } from "./LogList";
import { useTail } from "./useTail";

/** Scrolled down further than this, one is reading, and nothing may move. */
const READING_PX = 40;

interface TailViewProps {
  scope: LogScope;
  onError: (error: Error | null) => void;
}

/** Lines as they come, newest on top. Scrolling down, or the button, holds them back. */
export function TailView({ scope, onError }: TailViewProps) {
  const [stopped, setStopped] = useState(false);
  const reading = useScrolledDown();
  const paused = stopped || reading;
  const { buffer, connected, lost, showHeld } = useTail({ scope, paused, onError });

  // biome-ignore lint/correctness/useExhaustiveDependencies: only the end of a pause releases what was held
  useEffect(() => {
    if (!paused) showHeld();
  }, [paused]);
  const resume = () => {
    setStopped(false);
    window.scrollTo({ top: 0 });
    showHeld();
  };

  return (
    <>
      <div className="tail-bar" role="status" data-testid="tail-status">
        <span
          className="tail-light"
          data-state={!connected ? "lost" : paused ? "paused" : "live"}
          aria-hidden="true"
        />
        <span>
          {connected && (paused ? "Paused" : "Following new lines")}
          {!connected && (lost ? "The platform does not answer; trying again…" : "Connecting…")}
        </span>
        {buffer.held.length > 0 && <strong>{humanCount(buffer.held.length)} new</strong>}
        {buffer.dropped > 0 && (
          <span className="warning-text" data-testid="tail-dropped">
            {counted(buffer.dropped, "line")} too fast to show; a search has them all
          </span>
        )}
        <button type="button" className="button" onClick={() => (paused ? resume() : setStopped(true))}>
          <Icon name={paused ? "play" : "pause"} /> {paused ? "Resume" : "Pause"}
        </button>
      </div>
      {buffer.lines.length === 0 ? (
        <p className="list-end muted">
          {!connected ? "" : scope.query ? "Waiting for a line that matches…" : "Waiting for the next line…"}
        </p>
      ) : (
        <LogList logs={buffer.lines} day={false} />
      )}
    </>
  );
}

function useScrolledDown(): boolean {
  const [down, setDown] = useState(false);
  useEffect(() => {
    const onScroll = () => setDown(window.scrollY > READING_PX);
    window.addEventListener("scroll", onScroll, { passive: true });
    return () => window.removeEventListener("scroll", onScroll);
  }, []);
  return down;
}
