import type { ApiError } from "../api/errors";
import { Icon } from "./Icon";

/** The query as the platform read it, the place where it stopped, and how to mend it. */
export function QueryError({ error, query }: { error: ApiError; query: string }) {
  const at = error.position === undefined ? null : Math.min(Math.max(error.position, 0), query.length);
  return (
    <div className="notice" data-tone="error" role="alert" data-testid="query-error">
      <Icon name="alert" />
      <div className="notice-text">
        <strong>{error.message}</strong>
        {at !== null && (
          <pre className="query-error">
            {query.slice(0, at)}
            <mark>{query.slice(at, at + 1).trim() ? query.slice(at, at + 1) : "␣"}</mark>
            {query.slice(at + 1)}
          </pre>
        )}
        {error.hint && <p>{error.hint}</p>}
      </div>
    </div>
  );
}
