import { useCallback, useMemo, useRef } from "react";
import { type TraceScope, useTraces } from "../api/queries";
import { Connect } from "../parts/Connect";
import { EmptyState } from "../parts/EmptyState";
import { ErrorPanel } from "../parts/ErrorPanel";
import { Icon } from "../parts/Icon";
import { Loading } from "../parts/Loading";
import { RangePicker } from "../parts/RangePicker";
import { walkRows } from "../parts/rowKeys";
import { usePageTitle } from "../parts/usePageTitle";
import { useReached } from "../parts/useScroll";
import { isLongerThanDay } from "../time/range";
import { useView } from "../view";
import { TraceFilters } from "./TraceFilters";
import { TraceRow } from "./TraceRow";

export function TracesPage() {
  usePageTitle("Traces");
  const view = useView();
  const scope: TraceScope = {
    query: view.get("query"),
    service: view.get("service"),
    status: view.get("status"),
    min_duration_ms: view.get("min_duration_ms"),
    tenant: view.tenant,
    ...view.range,
  };
  const traces = useTraces(scope);
  const found = useMemo(() => traces.data?.pages.flatMap((page) => page.traces) ?? [], [traces.data]);
  const longest = Math.max(1, ...found.map((trace) => trace.duration_ms));
  const end = useRef<HTMLDivElement>(null);
  const { fetchNextPage, hasNextPage, isFetching, isFetchNextPageError } = traces;
  useReached(
    end,
    useCallback(() => {
      // After a failure the reader asks again, not the list in a loop.
      if (hasNextPage && !isFetching && !isFetchNextPageError) void fetchNextPage();
    }, [fetchNextPage, hasNextPage, isFetching, isFetchNextPageError]),
  );

  return (
    <div className="page">
      <div className="page-head">
        <h1>Traces</h1>
        <span className="muted">latest activity first</span>
        <div className="logs-tools">
          <RangePicker />
          <button
            type="button"
            className="icon-button"
            aria-label="Search again"
            title="Search again"
            onClick={() => traces.refetch()}
          >
            <Icon name="refresh" />
          </button>
        </div>
      </div>
      <TraceFilters key={view.get("query")} scope={scope} change={(patch) => view.set(patch)} />
      {traces.error && !isFetchNextPageError && (
        <ErrorPanel error={traces.error} retry={traces.refetch} query={scope.query} />
      )}
      {traces.isPending && <Loading label="Searching" />}
      {traces.data && found.length === 0 && <NoTraces scope={scope} />}
      {/* biome-ignore lint/a11y/noStaticElementInteractions: the keys belong to the links in it and bubble up here */}
      <div className="trace-list" onKeyDown={walkRows} data-stale={traces.isPlaceholderData}>
        {found.map((trace) => (
          <TraceRow
            key={trace.trace_id}
            trace={trace}
            longestMs={longest}
            day={isLongerThanDay(view.range, Date.now())}
          />
        ))}
      </div>
      {isFetchNextPageError && traces.error && <ErrorPanel error={traces.error} retry={fetchNextPage} />}
      <div ref={end} className="list-end muted">
        {traces.isFetchingNextPage
          ? "Reading more…"
          : found.length > 0 && !hasNextPage && "Those are all in this range."}
      </div>
    </div>
  );
}

function NoTraces({ scope }: { scope: TraceScope }) {
  const narrowed = [scope.query, scope.service, scope.status, scope.min_duration_ms, scope.tenant].some(
    Boolean,
  );
  return (
    <EmptyState title={narrowed ? "No trace matches" : "No trace in this time"}>
      <p>
        {narrowed
          ? "Take a filter out, or widen the time range."
          : "Widen the time range, or let a service send traces:"}
      </p>
      {!narrowed && <Connect />}
    </EmptyState>
  );
}
