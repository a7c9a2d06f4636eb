import { Link } from "wouter";
import { usePageTitle } from "../parts/usePageTitle";
import { useView } from "../view";
import { IdField } from "./IdField";

export function CorrelationIndex() {
  usePageTitle("Correlation");
  const view = useView();
  return (
    <div className="empty">
      <h1>Correlation</h1>
      <p>
        One id follows a person's click through every service, queue, query and model. Here everything that
        bears it stands on one timeline.
      </p>
      <IdField />
      <p className="muted">
        Where to find one: in the <code>x-correlation-id</code> header of any answer, on every{" "}
        <Link href={view.to("/logs")}>log line</Link>, and on each{" "}
        <Link href={view.to("/traces")}>trace</Link>.
      </p>
    </div>
  );
}
