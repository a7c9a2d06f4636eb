import { useEffect, useState } from "react";
import { ApiError, isAway } from "../api/errors";
import { SignIn } from "../shell/SignIn";
import { Icon } from "./Icon";
import { QueryError } from "./QueryError";

const DEFAULT_WAIT_SECONDS = 5;

interface ErrorPanelProps {
  error: Error;
  retry: () => void;
  /** The query that was asked, to show where it could not be read. */
  query?: string;
}

/** Why there is no data, and the way on: sign in, wait, or try again. */
export function ErrorPanel({ error, retry, query }: ErrorPanelProps) {
  if (error instanceof ApiError && error.status === 401) return <SignIn />;
  if (query && error instanceof ApiError && error.code === "unreadable_query") {
    return <QueryError error={error} query={query} />;
  }
  const api = error instanceof ApiError ? error : null;
  return (
    <div
      className="notice"
      data-tone={isAway(error) ? "wait" : "error"}
      role="alert"
      data-testid="error-panel"
    >
      <Icon name="alert" />
      <div className="notice-text">
        <strong>{titleOf(api)}</strong>
        <p>{error.message}</p>
        {api?.hint && <p className="muted">{api.hint}</p>}
        {isAway(error) ? (
          <Countdown key={String(error.retryAfterSeconds)} error={error} retry={retry} />
        ) : (
          <button type="button" className="button" onClick={retry}>
            <Icon name="refresh" /> Try again
          </button>
        )}
      </div>
    </div>
  );
}

function titleOf(error: ApiError | null): string {
  if (!error) return "The console met something it did not expect";
  if (error.status === 0) return "The platform is out of reach";
  if (error.status === 400) return "The platform could not read this";
  if (error.status === 403) return "Your role does not allow this";
  if (error.status === 404) return "Not found";
  if (error.status === 429) return "Too many reads at once";
  if (error.status === 503) return "The store is away";
  if (error.status === 504) return "This took too long: narrow the time range or the query";
  return `The platform answered ${error.status}`;
}

function Countdown({ error, retry }: { error: ApiError; retry: () => void }) {
  const [left, setLeft] = useState(Math.ceil(error.retryAfterSeconds ?? DEFAULT_WAIT_SECONDS));
  useEffect(() => {
    if (left <= 0) {
      retry();
      return;
    }
    const timer = setTimeout(() => setLeft(left - 1), 1000);
    return () => clearTimeout(timer);
  }, [left, retry]);

  return (
    <p className="countdown">
      <span className="tabular">{left > 0 ? `Retrying in ${left} s.` : "Retrying…"}</span>
      <button type="button" className="button" onClick={() => setLeft(0)}>
        <Icon name="refresh" /> Retry now
      </button>
    </p>
  );
}
