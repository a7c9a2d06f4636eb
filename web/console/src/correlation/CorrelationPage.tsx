import { useMemo } from "react";
import { ApiError } from "../api/errors";
import { useCorrelation } from "../api/queries";
import type { Correlation } from "../api/types";
import { EmptyState } from "../parts/EmptyState";
import { ErrorPanel } from "../parts/ErrorPanel";
import { Loading } from "../parts/Loading";
import { usePageTitle } from "../parts/usePageTitle";
import { TimeScale } from "../time/scale";
import { useView } from "../view";
import { CorrelationHead } from "./CorrelationHead";
import { IdField } from "./IdField";
import { Lanes } from "./Lanes";
import { Timeline } from "./Timeline";
import { TimelineFilters } from "./TimelineFilters";
import { entries, holds, lanes } from "./timeline";

export function CorrelationPage({ id }: { id: string }) {
  usePageTitle(`Correlation ${id.slice(0, 8)}`);
  const correlation = useCorrelation(id);
  const nothing = correlation.error instanceof ApiError && correlation.error.status === 404;
  const empty = correlation.data?.items.length === 0;
  if (correlation.data && !empty) return <CorrelationView correlation={correlation.data} />;
  if (correlation.isPending) return <Loading label="Gathering everything that bears this id" />;
  if (correlation.error && !nothing)
    return <ErrorPanel error={correlation.error} retry={correlation.refetch} />;
  return (
    <EmptyState title="Nothing bears this id" alone>
      <p>
        No log line and no span has <code>{id}</code> as its correlation, trace or request id. It may not have
        arrived yet, or its records have expired.
      </p>
      <div className="actions">
        <button type="button" className="button" onClick={() => correlation.refetch()}>
          Look again
        </button>
      </div>
      <IdField />
    </EmptyState>
  );
}

function CorrelationView({ correlation }: { correlation: Correlation }) {
  const view = useView();
  const text = view.get("find");
  const kind = view.get("kind");
  const service = view.get("service");
  const all = useMemo(() => entries(correlation.items), [correlation]);
  const shown = useMemo(
    () =>
      all.filter(
        (each) =>
          holds(each, text) &&
          (!service || each.item.service_name === service) &&
          (!kind || (kind === "error" ? each.failed : each.item.kind === kind)),
      ),
    [all, text, kind, service],
  );
  const scale = useMemo(() => TimeScale.over(all), [all]);
  const open = view.get("item");
  const toggle = (key: string) => view.set({ item: key === open ? null : key }, { replace: true });

  return (
    <div className="page">
      <CorrelationHead correlation={correlation} all={all} scale={scale} />
      <Lanes
        lanes={lanes(all)}
        scale={scale}
        shown={new Set(shown.map((each) => each.key))}
        service={service}
        chooseService={(name) => view.set({ service: name === service ? null : name }, { replace: true })}
        open={(key) => view.set({ item: key }, { replace: true })}
      />
      <TimelineFilters
        text={text}
        kind={kind}
        all={all}
        shown={shown.length}
        change={(patch) => view.set(patch, { replace: true })}
      />
      <Timeline entries={shown} scale={scale} open={open} toggle={toggle} />
      {shown.length === 0 && <p className="list-end muted">Nothing on this timeline matches the filter.</p>}
    </div>
  );
}
