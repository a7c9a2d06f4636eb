import { Link } from "wouter";
import type { TraceSummary } from "../api/types";
import { Service } from "../parts/Service";
import { serviceHue } from "../parts/serviceHue";
import { Timestamp } from "../parts/Timestamp";
import { counted, humanDuration } from "../time/duration";
import { useView } from "../view";

interface TraceRowProps {
  trace: TraceSummary;
  longestMs: number;
  /** Rows span more than a day, so the time alone says too little. */
  day: boolean;
}

export function TraceRow({ trace, longestMs, day }: TraceRowProps) {
  const view = useView();
  const width = Math.max(0.5, (trace.duration_ms / longestMs) * 100);
  return (
    <Link
      href={view.to(`/traces/${encodeURIComponent(trace.trace_id)}`)}
      className="trace"
      data-row
      data-testid="trace-row"
      data-trace={trace.trace_id}
    >
      <Timestamp at={trace.timestamp} day={day} />
      <Service name={trace.root_service} />
      <span className="trace-name">{trace.root_name || "(root span not seen)"}</span>
      <span className="trace-bar" title={humanDuration(trace.duration_ms)}>
        <i data-hue={serviceHue(trace.root_service)} style={{ width: `${width}%` }} />
      </span>
      <span className="trace-duration">{humanDuration(trace.duration_ms)}</span>
      <span className="trace-spans muted">{counted(trace.span_count, "span")}</span>
      <span className="trace-errors">
        {trace.error_count > 0 && (
          <span className="badge" data-tone="error">
            {counted(trace.error_count, "error")}
          </span>
        )}
      </span>
      <span className="trace-services" title={trace.services.join(", ")}>
        {trace.services.map((name) => (
          <i key={name} className="service-dot" data-hue={serviceHue(name)} />
        ))}
      </span>
    </Link>
  );
}
