import { Axis, Folds } from "../parts/Axis";
import { Service } from "../parts/Service";
import { serviceHue } from "../parts/serviceHue";
import { humanDuration, humanOffset } from "../time/duration";
import type { TimeScale } from "../time/scale";
import type { Entry, Lane } from "./timeline";

interface LanesProps {
  lanes: Lane[];
  scale: TimeScale;
  /** The entries that the filters let through; the others stand back. */
  shown: ReadonlySet<string>;
  service: string;
  chooseService: (name: string) => void;
  open: (key: string) => void;
}

const ROW_PX = 8;

/** All services under one another on one time axis: who was at work when, and where it failed. */
export function Lanes({ lanes, scale, shown, service, chooseService, open }: LanesProps) {
  return (
    <section className="lanes" aria-label="Services over time">
      <div className="lane lane-axis" aria-hidden="true">
        <span />
        <Axis scale={scale} wanted={8} />
      </div>
      {lanes.map((lane) => (
        <div key={lane.service} className="lane" data-testid="lane" data-service={lane.service}>
          <button
            type="button"
            className="lane-name"
            aria-pressed={service === lane.service}
            title="Show only this service"
            onClick={() => chooseService(lane.service)}
          >
            <Service name={lane.service} />
            {lane.failed > 0 && (
              <span className="badge" data-tone="error">
                {lane.failed}
              </span>
            )}
          </button>
          <div className="lane-track" style={{ height: Math.max(lane.rows.length, 1) * ROW_PX + 12 }}>
            <Folds scale={scale} />
            {lane.rows.flatMap((row, index) =>
              row.map((each) => (
                <Bar
                  key={each.key}
                  each={each}
                  row={index}
                  scale={scale}
                  faded={!shown.has(each.key)}
                  open={open}
                />
              )),
            )}
            {lane.marks.map((each) => (
              <Mark key={each.key} each={each} scale={scale} faded={!shown.has(each.key)} open={open} />
            ))}
          </div>
        </div>
      ))}
    </section>
  );
}

interface PieceProps {
  each: Entry;
  scale: TimeScale;
  faded: boolean;
  open: (key: string) => void;
}

// The pieces are for the pointer; by keyboard the list below has every one of them.
function Bar({ each, row, scale, faded, open }: PieceProps & { row: number }) {
  const left = scale.at(each.startUs);
  return (
    <button
      type="button"
      tabIndex={-1}
      className="lane-bar"
      data-hue={serviceHue(each.item.service_name)}
      data-failed={each.failed}
      data-faded={faded}
      aria-label={each.title}
      title={`${each.title} · ${humanDuration(each.item.duration_ms)} · ${humanOffset(scale.offsetMs(each.startUs))}`}
      style={{ left: `${left}%`, width: `max(2px, ${scale.at(each.endUs) - left}%)`, top: row * ROW_PX + 2 }}
      onClick={() => open(each.key)}
    />
  );
}

function Mark({ each, scale, faded, open }: PieceProps) {
  return (
    <button
      type="button"
      tabIndex={-1}
      className="lane-mark"
      data-level={each.item.kind === "log" ? each.item.log_level : undefined}
      data-faded={faded}
      aria-label={each.title}
      title={`${each.title} · ${humanOffset(scale.offsetMs(each.startUs))}`}
      style={{ left: `${scale.at(each.startUs)}%` }}
      onClick={() => open(each.key)}
    />
  );
}
