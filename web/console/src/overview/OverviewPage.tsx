import { useErrors, useServices } from "../api/queries";
import { Connect } from "../parts/Connect";
import { EmptyState } from "../parts/EmptyState";
import { ErrorPanel } from "../parts/ErrorPanel";
import { Loading } from "../parts/Loading";
import { RangePicker } from "../parts/RangePicker";
import { usePageTitle } from "../parts/usePageTitle";
import { isLive } from "../time/range";
import { useView } from "../view";
import { ErrorTable } from "./ErrorTable";
import { ServiceTable } from "./ServiceTable";
import { Totals } from "./Totals";

export function OverviewPage() {
  usePageTitle("Overview");
  const view = useView();
  const scope = { tenant: view.tenant, ...view.range };
  const services = useServices(scope, isLive(view.range));
  const errors = useErrors(scope, isLive(view.range));
  const list = services.data?.services ?? [];

  return (
    <div className="page">
      <div className="page-head">
        <h1>Overview</h1>
        {list.length > 0 && <Totals services={list} />}
        <RangePicker />
      </div>
      {services.error && <ErrorPanel error={services.error} retry={services.refetch} />}
      {services.isPending && <Loading label="Reading the services" rows={6} />}
      {services.data && list.length === 0 && <NoServices isDefault={view.range.from === "-1h"} />}
      {list.length > 0 && <ServiceTable services={list} />}
      {(errors.data?.errors.length ?? 0) > 0 && <ErrorTable errors={errors.data?.errors ?? []} />}
    </div>
  );
}

function NoServices({ isDefault }: { isDefault: boolean }) {
  return (
    <EmptyState
      title={
        isDefault ? "No service has sent anything in the last hour" : "No service sent anything in this time"
      }
    >
      <p>Widen the time range above, or point a service at this platform:</p>
      <Connect />
    </EmptyState>
  );
}
