import { useCallback, useMemo } from "react";
import type { LogScope, useLogs } from "../api/queries";
import { ErrorPanel } from "../parts/ErrorPanel";
import { Loading } from "../parts/Loading";
import { isLongerThanDay } from "../time/range";
import { LogList } from "./LogList";
import { NoLogs } from "./NoLogs";

interface LogResultsProps {
  logs: ReturnType<typeof useLogs>;
  scope: LogScope;
}

/** The lines found, newest first; more are read as one scrolls. */
export function LogResults({ logs, scope }: LogResultsProps) {
  const found = useMemo(() => logs.data?.pages.flatMap((page) => page.logs) ?? [], [logs.data]);
  const { fetchNextPage, hasNextPage, isFetching, isFetchNextPageError } = logs;
  const more = useCallback(() => {
    // After a failure the reader asks again, not the list in a loop.
    if (hasNextPage && !isFetching && !isFetchNextPageError) void fetchNextPage();
  }, [fetchNextPage, hasNextPage, isFetching, isFetchNextPageError]);

  if (logs.isPending) return <Loading label="Searching" />;
  if (found.length === 0 && !logs.isFetching) return <NoLogs scope={scope} />;
  return (
    <div className="log-results" data-stale={logs.isPlaceholderData}>
      <LogList logs={found} day={isLongerThanDay(scope, Date.now())} nearEnd={more} />
      {isFetchNextPageError && logs.error && (
        <ErrorPanel error={logs.error} retry={() => logs.fetchNextPage()} />
      )}
      <p className="list-end muted" aria-live="polite">
        {logs.isFetchingNextPage ? "Reading more…" : logs.hasNextPage ? "" : "That is all in this range."}
      </p>
    </div>
  );
}
