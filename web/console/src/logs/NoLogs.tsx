import { Link } from "wouter";
import { type LogScope, useFields } from "../api/queries";
import { unknownFields } from "../language/unknown";
import { Connect } from "../parts/Connect";
import { EmptyState } from "../parts/EmptyState";
import { describeRange, widened } from "../time/range";
import { rangePatch, useView } from "../view";

export function NoLogs({ scope }: { scope: LogScope }) {
  const view = useView();
  const range = describeRange(scope, Date.now()).toLowerCase();
  const narrowed = scope.query !== "" || scope.tenant !== "";
  const fields = useFields({ tenant: scope.tenant, from: scope.from, to: scope.to });
  const unknown = unknownFields(scope.query, fields.data?.fields ?? []);
  const wider = rangePatch(widened(scope, Date.now()));
  return (
    <EmptyState title={narrowed ? "No log line matches" : "No log line in this time"}>
      <p>
        Nothing was found in: {range}
        {scope.tenant && `, tenant ${scope.tenant}`}.
      </p>
      {unknown.length > 0 && (
        <p>
          No recent line has a field <code>{unknown.join(", ")}</code>: is the name right? Typing it above
          shows those there are.
        </p>
      )}
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
