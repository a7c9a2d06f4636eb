import { Link } from "wouter";
import type { AttributeValue } from "../api/types";
import { filterFor, filterOut } from "../language/edit";
import { humanDuration } from "../time/duration";
import { useView } from "../view";
import { CopyButton } from "./CopyButton";
import { Icon } from "./Icon";
import { isFractional, type RecordField } from "./recordFields";

/** Opens the logs narrowed (or not) to a value. On the logs page the query in place is kept. */
function useFilter() {
  const view = useView();
  return (change: typeof filterFor, name: string, value: string) => {
    const onLogs = window.location.pathname === "/logs";
    const query = change(onLogs ? view.get("query") : "", name, value);
    if (onLogs) view.set({ query });
    else view.go("/logs", { query });
  };
}

export function FieldTable({ fields }: { fields: readonly RecordField[] }) {
  return (
    <dl className="fields">
      {fields.map((field) => (
        <FieldRow key={field.name} field={field} />
      ))}
    </dl>
  );
}

function FieldRow({ field }: { field: RecordField }) {
  const filter = useFilter();
  const text = String(field.value);
  return (
    <div className="field" data-field={field.name}>
      <dt>{field.name}</dt>
      <dd>
        <FieldText field={field} />
        <span className="field-actions">
          {!isFractional(field.value) && (
            <>
              <button
                type="button"
                className="icon-button"
                aria-label={`Only ${field.name} ${text}`}
                title="Filter for this value"
                onClick={() => filter(filterFor, field.name, text)}
              >
                <Icon name="plus" />
              </button>
              <button
                type="button"
                className="icon-button"
                aria-label={`Without ${field.name} ${text}`}
                title="Filter this value out"
                onClick={() => filter(filterOut, field.name, text)}
              >
                <Icon name="minus" />
              </button>
            </>
          )}
          <CopyButton text={text} label={`Copy ${field.name}`} />
        </span>
      </dd>
    </div>
  );
}

function FieldText({ field }: { field: RecordField }) {
  const view = useView();
  const text = String(field.value);
  const to = LEADS_TO[field.name];
  if (to) {
    return (
      <Link href={view.to(`${to}/${encodeURIComponent(text)}`)} className="field-value id">
        {text}
      </Link>
    );
  }
  if (field.name.endsWith("_ms") && typeof field.value === "number") {
    return (
      <span className="field-value">
        {text} <span className="muted">({humanDuration(field.value)})</span>
      </span>
    );
  }
  return <span className="field-value">{shown(field.value)}</span>;
}

const LEADS_TO: Record<string, string> = {
  correlation_id: "/correlations",
  request_id: "/correlations",
  trace_id: "/traces",
};

const shown = (value: AttributeValue) => (value === "" ? '""' : String(value));
