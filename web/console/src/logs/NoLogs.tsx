import { Link } from "wouter";
import type { LogScope } from "../api/queries";
import { Connect } from "../parts/Connect";
import { EmptyState } from "../parts/EmptyState";
import { describeRange, widened } from "../time/range";
import { rangePatch, useView } from "../view";

export function NoLogs({ scope }: { scope: LogScope }) {
  const view = useView();
  const range = describeRange(scope, Date.now()).toLowerCase();
  const narrowed = scope.query !== "" || scope.tenant !== "";
  const wider = rangePatch(widened(scope, Date.now()));
  return (
    <EmptyState title={narrowed ? "No log line matches" : "No log line in this time"}>
      <p>
        Nothing was found in: {range}
        {scope.tenant && `, tenant ${scope.tenant}`}.
      </p>
      <div className="actions">
        <Link className="button" href={view.to("/logs", { query: scope.query, from: "-1d", to: null })}>
          Search the last day
        </Link>
        <Link className="button" href={view.to("/logs", { query: scope.query, ...wider })}>
          Twice the time range
        </Link>
        {narrowed && (
          <Link className="button" href={view.to("/logs", { tenant: null })}>
            Clear the search
          </Link>
        )}
      </div>
      {!narrowed && <Connect />}
    </EmptyState>
  );
}
