import { Link } from "wouter";
import { EmptyState } from "../parts/EmptyState";
import { usePageTitle } from "../parts/usePageTitle";
import { useView } from "../view";

export function NotFound() {
  usePageTitle("No such page");
  const view = useView();
  return (
    <EmptyState title="There is no such page" alone>
      <p>
        Go to the <Link href={view.to("/")}>overview</Link>, the <Link href={view.to("/logs")}>logs</Link> or
        the <Link href={view.to("/traces")}>traces</Link>.
      </p>
    </EmptyState>
  );
}
