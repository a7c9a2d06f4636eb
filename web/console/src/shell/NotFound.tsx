import { Link } from "wouter";
import { EmptyState } from "../parts/EmptyState";
import { useView } from "../view";

export function NotFound() {
  const view = useView();
  return (
    <EmptyState title="There is no such page">
      <p>
        Go to the <Link href={view.to("/")}>overview</Link>, the <Link href={view.to("/logs")}>logs</Link> or
        the <Link href={view.to("/traces")}>traces</Link>.
      </p>
    </EmptyState>
  );
}
