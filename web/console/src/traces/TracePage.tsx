import { useMemo, useState } from "react";
import { ApiError } from "../api/errors";
import { useTrace } from "../api/queries";
import type { Trace } from "../api/types";
import { EmptyState } from "../parts/EmptyState";
import { ErrorPanel } from "../parts/ErrorPanel";
import { Loading } from "../parts/Loading";
import { usePageTitle } from "../parts/usePageTitle";
import { useView } from "../view";
import { Detail } from "./Detail";
import { TraceHead } from "./TraceHead";
import { WaterfallView } from "./WaterfallView";
import { waterfall } from "./waterfall";

export function TracePage({ id }: { id: string }) {
  usePageTitle(`Trace ${id.slice(0, 8)}`);
  const trace = useTrace(id);
  if (trace.data) return <TraceView trace={trace.data} />;
  if (trace.isPending) return <Loading label="Reading the trace" />;
  if (trace.error instanceof ApiError && trace.error.status === 404) {
    return (
      <EmptyState title="No such trace" alone>
        <p>
          Nothing bears the trace id <code>{id}</code>. Its spans may not have arrived yet, may have been
          sampled out, or have expired.
        </p>
        <div className="actions">
          <button type="button" className="button" onClick={() => trace.refetch()}>
            Look again
          </button>
        </div>
      </EmptyState>
    );
  }
  return trace.error ? <ErrorPanel error={trace.error} retry={trace.refetch} /> : null;
}

function TraceView({ trace }: { trace: Trace }) {
  const view = useView();
  const [folded, setFolded] = useState<ReadonlySet<string>>(new Set());
  const showLogs = view.get("logs") !== "0";
  const drawn = useMemo(() => waterfall(trace, { folded, showLogs }), [trace, folded, showLogs]);
  const selected = view.get("span");
  const span = trace.spans.find((each) => each.span_id === selected);

  const select = (spanId: string) => {
    view.set({ span: spanId === selected ? null : spanId }, { replace: true });
    // Closing takes the panel's focus with it: it goes back to the row.
    if (spanId === selected)
      document.querySelector<HTMLElement>(`[data-span="${CSS.escape(spanId)}"]`)?.focus();
  };
  const fold = (spanId: string, fold: boolean) => {
    const next = new Set(folded);
    if (fold) next.add(spanId);
    else next.delete(spanId);
    setFolded(next);
  };

  return (
    <div className="page">
      <TraceHead
        trace={trace}
        showLogs={showLogs}
        toggleLogs={() => view.set({ logs: showLogs ? "0" : null }, { replace: true })}
        foldAll={() =>
          setFolded(folded.size > 0 ? new Set() : new Set(trace.spans.map((each) => each.span_id)))
        }
        anyFolded={folded.size > 0}
      />
      <div className="trace-body" data-detail={span !== undefined}>
        <WaterfallView drawn={drawn} selected={selected} select={select} fold={fold} />
        {span && (
          <Detail
            key={span.span_id}
            span={span}
            logs={trace.logs.filter((log) => log.span_id === span.span_id)}
            startUs={drawn.scale.startUs}
            close={() => select(span.span_id)}
          />
        )}
      </div>
    </div>
  );
}
