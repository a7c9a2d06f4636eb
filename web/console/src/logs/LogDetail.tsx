import { Link } from "wouter";
import type { Log } from "../api/types";
import { CopyButton } from "../parts/CopyButton";
import { FieldTable } from "../parts/FieldTable";
import { Icon } from "../parts/Icon";
import { recordFields } from "../parts/recordFields";
import { StackTrace } from "../parts/StackTrace";
import { utc } from "../time/instant";
import { absoluteRange } from "../time/range";
import { useView } from "../view";
import { viewOfRow } from "./rowName";

const AROUND_MS = 60_000;
const LONG_TEXTS = ["exception.stacktrace"];

/** Everything a line says, and the ways on from it. */
export function LogDetail({ log }: { log: Log }) {
  const fields = recordFields(log);
  const long = fields.filter(({ name }) => LONG_TEXTS.includes(name));
  return (
    <div className="log-detail" data-testid="log-detail">
      <LogActions log={log} />
      <p className="log-full">{log.message}</p>
      {long.map(({ name, value }) => (
        <StackTrace key={name} text={String(value)} />
      ))}
      <FieldTable fields={fields.filter(({ name }) => !LONG_TEXTS.includes(name))} />
      <p className="muted small-text">
        {utc(log.timestamp)}; received {utc(log.received_at)}
        {log.marks.length > 0 && `; marks: ${log.marks.join(", ")}`}
      </p>
    </div>
  );
}

function LogActions({ log }: { log: Log }) {
  const view = useView();
  const at = Date.parse(log.timestamp);
  const around = absoluteRange(at - AROUND_MS, at + AROUND_MS);
  return (
    <div className="actions">
      {log.trace_id && (
        <Link
          className="button"
          data-testid="open-trace"
          href={view.to(`/traces/${encodeURIComponent(log.trace_id)}`, { span: log.span_id })}
        >
          <Icon name="trace" /> Trace
        </Link>
      )}
      {log.correlation_id && (
        <Link
          className="button"
          data-testid="open-correlation"
          href={view.to(`/correlations/${encodeURIComponent(log.correlation_id)}`)}
        >
          <Icon name="timeline" /> Correlation
        </Link>
      )}
      <Link className="button" href={view.to("/logs", { from: around.from, to: around.to })}>
        <Icon name="clock" /> All within a minute
      </Link>
      <CopyButton text={JSON.stringify(log, null, 2)} label="Copy JSON" wide />
      <CopyButton
        text={window.location.origin + view.to("/logs", viewOfRow(log, view.get("query")))}
        label="Copy link"
        wide
      />
    </div>
  );
}
