import { Link } from "wouter";
import { LEVELS, type Trace } from "../api/types";
import { CopyButton } from "../parts/CopyButton";
import { Icon } from "../parts/Icon";
import { Service } from "../parts/Service";
import { Timestamp } from "../parts/Timestamp";
import { counted, humanDuration } from "../time/duration";
import { absoluteRange } from "../time/range";
import { useView } from "../view";

/** Lines of a span may be written a little before or after it. */
const AROUND_MS = 3_600_000;

interface TraceHeadProps {
  trace: Trace;
  showLogs: boolean;
  toggleLogs: () => void;
  foldAll: () => void;
  anyFolded: boolean;
}

export function TraceHead({ trace, showLogs, toggleLogs, foldAll, anyFolded }: TraceHeadProps) {
  const view = useView();
  const root = trace.spans.find((span) => span.parent_span_id === "") ?? trace.spans[0];
  const services = [...new Set(trace.spans.map((span) => span.service_name))];
  const badSpans = trace.spans.filter((span) => span.status === "error").length;
  const badLogs = trace.logs.filter((log) => LEVELS.indexOf(log.log_level) >= LEVELS.indexOf("error")).length;
  const failed = [
    badSpans && counted(badSpans, "failed span"),
    badLogs && counted(badLogs, "error line"),
  ].filter(Boolean);
  const at = Date.parse(trace.timestamp);
  const around = absoluteRange(at - AROUND_MS, at + trace.duration_ms + AROUND_MS);
  return (
    <div className="record-head">
      <div className="record-title">
        <Link href={view.to("/traces")} className="muted">
          Traces
        </Link>
        <h1>
          {root ? <Service name={root.service_name} /> : null} {root?.name ?? trace.trace_id}
        </h1>
      </div>
      <div className="facts">
        <Timestamp at={trace.timestamp} day />
        <span>
          <strong>{humanDuration(trace.duration_ms)}</strong>
        </span>
        <span>
          {trace.truncated && "the first "}
          {counted(trace.spans.length, "span")}
        </span>
        <span>{counted(trace.logs.length, "log line")}</span>
        {failed.length > 0 && (
          <span className="badge" data-tone="error">
            {failed.join(", ")}
          </span>
        )}
        <span className="id-chip">
          <code>{trace.trace_id}</code>
          <CopyButton text={trace.trace_id} label="Copy the trace id" />
        </span>
      </div>
      <div className="facts">
        {services.map((name) => (
          <Service key={name} name={name} />
        ))}
      </div>
      <div className="actions">
        {trace.correlation_id && (
          <Link
            className="button"
            data-testid="open-correlation"
            href={view.to(`/correlations/${encodeURIComponent(trace.correlation_id)}`)}
          >
            <Icon name="timeline" /> Correlation
          </Link>
        )}
        <Link className="button" href={view.to("/logs", { query: `trace:${trace.trace_id}`, ...around })}>
          <Icon name="logs" /> Its logs
        </Link>
        <button type="button" className="button" aria-pressed={showLogs} onClick={toggleLogs}>
          Log lines on the waterfall
        </button>
        <button type="button" className="button" onClick={foldAll}>
          {anyFolded ? "Unfold all" : "Fold all"}
        </button>
      </div>
      {trace.truncated && (
        <p className="warning-text">
          This trace is larger than what is shown: its first spans and lines are here.
        </p>
      )}
    </div>
  );
}
