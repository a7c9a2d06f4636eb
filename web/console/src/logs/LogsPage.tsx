import { useCallback, useState } from "react";
import { ApiError } from "../api/errors";
import { type LogScope, useHistogram, useLogCount, useLogs } from "../api/queries";
import { ErrorPanel } from "../parts/ErrorPanel";
import { Icon } from "../parts/Icon";
import { QueryError } from "../parts/QueryError";
import { RangePicker } from "../parts/RangePicker";
import { usePageTitle } from "../parts/usePageTitle";
import { absoluteRange } from "../time/range";
import { rangePatch, useView } from "../view";
import { CountLine } from "./CountLine";
import { Histogram } from "./Histogram";
import { LogResults } from "./LogResults";
import { SearchBox } from "./SearchBox";
import { TailView } from "./TailView";
import { useBucketCount } from "./useBucketCount";

export function LogsPage() {
  usePageTitle("Logs");
  const view = useView();
  const live = view.get("live") === "1";
  const scope: LogScope = { query: view.get("query"), tenant: view.tenant, ...view.range };
  const logs = useLogs(scope, !live);
  const count = useLogCount(scope, !live);
  const histogram = useHistogram(scope, useBucketCount(), !live);
  const [tailError, setTailError] = useState<Error | null>(null);
  // A page further down that failed is told at the end of the list, which stays.
  const searchError = logs.isFetchNextPageError ? null : logs.error;
  const failure = live ? tailError : (searchError ?? histogram.error ?? count.error);
  const unreadable = failure instanceof ApiError && failure.code === "unreadable_query";

  const { refetch: refetchLogs } = logs;
  const { refetch: refetchCount } = count;
  const { refetch: refetchHistogram } = histogram;
  const refetch = useCallback(() => {
    void refetchLogs();
    void refetchCount();
    void refetchHistogram();
  }, [refetchLogs, refetchCount, refetchHistogram]);
  // The same search again asks for what has come in since.
  const search = useCallback(
    (query: string) => (query === view.get("query") ? refetch() : view.set({ query, row: null })),
    [view, refetch],
  );
  const narrow = useCallback(
    (fromMs: number, toMs: number) => view.set({ ...rangePatch(absoluteRange(fromMs, toMs)), row: null }),
    [view],
  );

  return (
    <div className="page">
      <div className="logs-head">
        <h1 className="hidden">Logs</h1>
        <SearchBox query={scope.query} search={search} errorAt={unreadable ? failure.position : undefined} />
        <div className="logs-tools">
          {!live && <RangePicker />}
          {!live && (
            <button
              type="button"
              className="icon-button"
              aria-label="Search again"
              title="Search again"
              onClick={refetch}
            >
              <Icon name="refresh" />
            </button>
          )}
          <button
            type="button"
            className="button"
            data-testid="live-tail"
            aria-pressed={live}
            onClick={() => view.set({ live: live ? null : "1", row: null })}
          >
            <Icon name={live ? "pause" : "play"} /> {live ? "Stop live tail" : "Live tail"}
          </button>
        </div>
      </div>
      {unreadable && <QueryError error={failure} query={scope.query} />}
      {live && <TailView key={`${scope.query} ${scope.tenant}`} scope={scope} onError={setTailError} />}
      {live && tailError && !unreadable && (
        <ErrorPanel error={tailError} retry={() => view.set({ live: null })} />
      )}
      {!live && !unreadable && (
        <>
          {failure && <ErrorPanel error={failure} retry={refetch} />}
          {histogram.data && !(failure && !logs.data) && (
            <Histogram histogram={histogram.data} narrow={narrow} />
          )}
          {!(failure && !count.data) && (
            <CountLine count={count.data?.count} counting={count.isFetching} histogram={histogram.data} />
          )}
          {!(failure && !logs.data) && <LogResults logs={logs} scope={scope} />}
        </>
      )}
    </div>
  );
}
