import { Link } from "wouter";
import { Folds } from "../parts/Axis";
import { CopyButton } from "../parts/CopyButton";
import { FieldTable } from "../parts/FieldTable";
import { Icon } from "../parts/Icon";
import { LevelMark } from "../parts/LevelMark";
import { recordFields } from "../parts/recordFields";
import { Service } from "../parts/Service";
import { StackTrace } from "../parts/StackTrace";
import { serviceHue } from "../parts/serviceHue";
import { humanDuration, humanOffset } from "../time/duration";
import { utc } from "../time/instant";
import type { TimeScale } from "../time/scale";
import { useView } from "../view";
import type { Entry } from "./timeline";

interface TimelineRowProps {
  each: Entry;
  scale: TimeScale;
  open: boolean;
  toggle: (key: string) => void;
}

export function TimelineRow({ each, scale, open, toggle }: TimelineRowProps) {
  const { item } = each;
  const left = scale.at(each.startUs);
  return (
    <div
      className="moment"
      data-testid="timeline-item"
      data-kind={item.kind}
      data-service={item.service_name}
      data-error={each.failed}
      data-key={each.key}
      data-open={open}
    >
      <button
        type="button"
        className="moment-line"
        data-row
        aria-expanded={open}
        onClick={() => toggle(each.key)}
      >
        <span className="moment-offset" title={utc(item.timestamp)}>
          {humanOffset(scale.offsetMs(each.startUs))}
        </span>
        <Service name={item.service_name} />
        <span className="moment-kind">
          {item.kind === "log" ? <LevelMark level={item.log_level} /> : <SpanMark failed={each.failed} />}
        </span>
        <span className="moment-text">
          {each.title}
          {each.aside && <span className="moment-aside">{each.aside}</span>}
        </span>
        <span className="moment-duration">
          {item.duration_ms === null ? "" : humanDuration(item.duration_ms)}
        </span>
        <span className="moment-track" aria-hidden="true">
          <Folds scale={scale} />
          <i
            data-hue={serviceHue(item.service_name)}
            data-point={item.kind === "log"}
            data-failed={each.failed}
            style={{
              left: `${left}%`,
              width: item.kind === "log" ? undefined : `max(2px, ${scale.at(each.endUs) - left}%)`,
            }}
          />
        </span>
      </button>
      {open && <MomentDetail each={each} />}
    </div>
  );
}

function SpanMark({ failed }: { failed: boolean }) {
  return (
    <span className="kind" data-failed={failed}>
      <Icon name={failed ? "alert" : "trace"} /> span
    </span>
  );
}

function MomentDetail({ each }: { each: Entry }) {
  const view = useView();
  const { item } = each;
  const stack = item.attributes?.["exception.stacktrace"];
  const fields = recordFields(item).filter(({ name }) => name !== "exception.stacktrace");
  return (
    <div className="log-detail">
      <div className="actions">
        {item.trace_id && (
          <Link
            className="button"
            data-testid="open-trace"
            href={view.to(`/traces/${encodeURIComponent(item.trace_id)}`, { span: item.span_id })}
          >
            <Icon name="trace" /> Show on its trace
          </Link>
        )}
        <CopyButton text={JSON.stringify(item, null, 2)} label="Copy JSON" wide />
        <span className="muted small-text">{utc(item.timestamp)}</span>
      </div>
      <p className="log-full">{each.title}</p>
      {stack && <StackTrace text={String(stack)} />}
      <FieldTable fields={fields} />
    </div>
  );
}
