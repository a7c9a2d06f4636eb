import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";

/** Below this a wait is not felt; above, it is counted and can be stopped. */
const WORTH_COUNTING_SECONDS = 3;

interface LoadingProps {
  label: string;
  rows?: number;
}

/** Grey rows where data will stand; a long wait says how long it has been. */
export function Loading({ label, rows = 12 }: LoadingProps) {
  const queries = useQueryClient();
  const [seconds, setSeconds] = useState(0);
  const [stopped, setStopped] = useState(false);
  useEffect(() => {
    if (stopped) return;
    const timer = setInterval(() => setSeconds((before) => before + 1), 1000);
    return () => clearInterval(timer);
  }, [stopped]);

  if (stopped) {
    return (
      <p className="list-end muted" role="status">
        Stopped after {seconds} s.{" "}
        <button
          type="button"
          className="button"
          onClick={() => {
            setSeconds(0);
            setStopped(false);
            void queries.refetchQueries({
              type: "active",
              predicate: ({ state }) => state.status === "pending",
            });
          }}
        >
          Try again
        </button>
      </p>
    );
  }

  return (
    <div className="loading" role="status" aria-label={label}>
      {seconds >= WORTH_COUNTING_SECONDS && (
        <p className="loading-note">
          {label} for {seconds} s. A shorter time range answers sooner.
          <button
            type="button"
            className="button"
            onClick={() => {
              setStopped(true);
              void queries.cancelQueries();
            }}
          >
            Stop
          </button>
        </p>
      )}
      {Array.from({ length: rows }, (_, row) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the rows are alike and never move
        <div key={row} className="skeleton" style={{ width: `${94 - ((row * 37) % 41)}%` }} />
      ))}
    </div>
  );
}
