import { Link } from "wouter";
import type { Log, Span } from "../api/types";
import { FieldTable } from "../parts/FieldTable";
import { Icon } from "../parts/Icon";
import { LevelMark } from "../parts/LevelMark";
import { recordFields } from "../parts/recordFields";
import { Service } from "../parts/Service";
import { Timestamp } from "../parts/Timestamp";
import { humanDuration, humanOffset } from "../time/duration";
import { microseconds } from "../time/instant";
import { useView } from "../view";
import { SpanEvents } from "./SpanEvents";

interface DetailProps {
  span: Span;
  logs: Log[];
  /** The beginning of the trace. */
  startUs: number;
  close: () => void;
}

/** Everything about one span, beside the waterfall (below it on a narrow screen). */
export function Detail({ span, logs, startUs, close }: DetailProps) {
  const offsetMs = (timestamp: string) => (microseconds(timestamp) - startUs) / 1000;
  return (
    <aside
      className="detail"
      aria-label={`Span ${span.name}`}
      data-testid="span-detail"
      onKeyDown={(event) => event.key === "Escape" && close()}
    >
      <div className="detail-head">
        <div>
          <Service name={span.service_name} />
          <h2>{span.name}</h2>
        </div>
        <button type="button" className="icon-button" aria-label="Close" title="Close (Esc)" onClick={close}>
          <Icon name="close" />
        </button>
      </div>
      <div className="facts">
        <span>
          <strong>{humanDuration(span.duration_ms)}</strong>
        </span>
        <span>{span.kind}</span>
        <span>starts {humanOffset(offsetMs(span.timestamp))}</span>
        <Timestamp at={span.timestamp} />
        {span.status !== "unset" && (
          <span className="badge" data-tone={span.status === "error" ? "error" : "good"}>
            {span.status}
          </span>
        )}
      </div>
      {span.status_message && <p className="error-message">{span.status_message}</p>}
      <SpanEvents events={span.events} offsetMs={offsetMs} />
      <SpanLogs logs={logs} offsetMs={offsetMs} />
      <h3>Fields</h3>
      <FieldTable
        fields={recordFields(span).filter(({ name }) => !["status", "status_message"].includes(name))}
      />
      <SpanLinks span={span} />
    </aside>
  );
}

function SpanLogs({ logs, offsetMs }: { logs: Log[]; offsetMs: (timestamp: string) => number }) {
  if (logs.length === 0) return null;
  return (
    <>
      <h3>Log lines</h3>
      <ul className="detail-logs">
        {logs.map((log) => (
          <li key={`${log.timestamp} ${log.message}`}>
            <span className="tabular muted">{humanOffset(offsetMs(log.timestamp))}</span>
            <LevelMark level={log.log_level} />
            <span>{log.message}</span>
          </li>
        ))}
      </ul>
    </>
  );
}

function SpanLinks({ span }: { span: Span }) {
  const view = useView();
  if (span.links.length === 0) return null;
  return (
    <>
      <h3>Linked traces</h3>
      <ul>
        {span.links.map((link) => (
          <li key={`${link.trace_id} ${link.span_id}`}>
            <Link className="id" href={view.to(`/traces/${link.trace_id}`, { span: link.span_id })}>
              {link.trace_id}
            </Link>
          </li>
        ))}
      </ul>
    </>
  );
}
