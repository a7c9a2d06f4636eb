import { Link } from "wouter";
import type { Correlation } from "../api/types";
import { CopyButton } from "../parts/CopyButton";
import { Icon } from "../parts/Icon";
import { Timestamp } from "../parts/Timestamp";
import { counted, humanDuration } from "../time/duration";
import type { TimeScale } from "../time/scale";
import { useView } from "../view";
import type { Entry } from "./timeline";

interface CorrelationHeadProps {
  correlation: Correlation;
  all: readonly Entry[];
  scale: TimeScale;
}

const AS: Record<string, string> = {
  correlation_id: "correlation id",
  trace_id: "trace id",
  request_id: "request id",
};
/** More traces than this are counted rather than linked one by one. */
const LINKED_TRACES = 4;

/** What this is, how long it took, who took part, what went wrong. */
export function CorrelationHead({ correlation, all, scale }: CorrelationHeadProps) {
  const view = useView();
  const logs = all.filter(({ item }) => item.kind === "log").length;
  const spans = all.filter(({ item }) => item.kind === "span").length;
  const failed = all.filter((each) => each.failed).length;
  const name = correlation.matched_as.map((kind) => AS[kind] ?? kind).join(", ");
  return (
    <div className="record-head">
      <div className="record-title">
        <Link href={view.to("/correlations")} className="muted">
          Correlation
        </Link>
        <h1 className="id-title">
          {correlation.id} <CopyButton text={correlation.id} label="Copy the id" />
        </h1>
      </div>
      <div className="facts">
        <Timestamp at={correlation.from} day />
        <span>
          <strong>{humanDuration(scale.spanMs)}</strong>
        </span>
        <span>{counted(correlation.services.length, "service")}</span>
        <span>{counted(spans, "span")}</span>
        <span>{counted(logs, "log line")}</span>
        {failed > 0 ? (
          <span className="badge" data-tone="error">
            {counted(failed, "error")}
          </span>
        ) : (
          <span className="badge" data-tone="good">
            no errors
          </span>
        )}
        {name && <span className="muted">found as {name}</span>}
      </div>
      <div className="actions">
        {correlation.trace_ids.slice(0, LINKED_TRACES).map((id, index) => (
          <Link
            key={id}
            className="button"
            data-testid="open-trace"
            href={view.to(`/traces/${encodeURIComponent(id)}`)}
          >
            <Icon name="trace" /> Trace {correlation.trace_ids.length > 1 ? index + 1 : ""}
          </Link>
        ))}
        {correlation.trace_ids.length > LINKED_TRACES && (
          <span className="muted">
            and {counted(correlation.trace_ids.length - LINKED_TRACES, "more trace")}
          </span>
        )}
        <CopyButton text={window.location.href} label="Copy link" wide />
      </div>
      {correlation.truncated && (
        <p className="warning-text">
          There is more under this id than one page can show: the earliest items are here.
        </p>
      )}
    </div>
  );
}
