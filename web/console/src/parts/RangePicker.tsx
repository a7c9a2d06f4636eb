import { useState } from "react";
import { zoneName } from "../time/instant";
import {
  absoluteRange,
  describeRange,
  PRESETS,
  type Range,
  readRelative,
  resolveInstant,
  toLocalInput,
  widened,
} from "../time/range";
import { rangePatch, useView } from "../view";
import { Icon } from "./Icon";
import { Popover } from "./Popover";

/** The page's time range: how long back, or from one local time to another. */
export function RangePicker() {
  const view = useView();
  const [open, setOpen] = useState(false);
  const choose = (range: Range) => {
    view.set(rangePatch(range));
    setOpen(false);
  };

  return (
    <div className="range">
      <Popover
        open={open}
        setOpen={setOpen}
        align="end"
        label="Time range"
        trigger={(properties) => (
          <button type="button" className="button range-button" data-testid="time-range" {...properties}>
            <Icon name="clock" />
            <span className="tabular">{describeRange(view.range, Date.now())}</span>
          </button>
        )}
      >
        <div className="range-panel">
          <div className="range-presets">
            {PRESETS.map((from) => (
              <button
                key={from}
                type="button"
                className="menu-item"
                aria-pressed={view.range.from === from && view.range.to === "now"}
                onClick={() => choose({ from, to: "now" })}
              >
                {describeRange({ from, to: "now" }, 0)}
              </button>
            ))}
          </div>
          <div className="range-own">
            <RelativeForm choose={choose} />
            <AbsoluteForm range={view.range} choose={choose} />
          </div>
        </div>
      </Popover>
      <button
        type="button"
        className="icon-button"
        aria-label="Widen the time range"
        title="Twice as long"
        onClick={() => view.set(rangePatch(widened(view.range, Date.now())))}
      >
        <Icon name="widen" />
      </button>
    </div>
  );
}

function RelativeForm({ choose }: { choose: (range: Range) => void }) {
  const [typed, setTyped] = useState("");
  const from = readRelative(typed);
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (from) choose({ from, to: "now" });
      }}
    >
      <label>
        <span className="label">The last …</span>
        <input
          className="input"
          placeholder="45m, 6h, 2d"
          value={typed}
          aria-invalid={typed !== "" && !from}
          onChange={(event) => setTyped(event.target.value)}
        />
      </label>
    </form>
  );
}

function AbsoluteForm({ range, choose }: { range: Range; choose: (range: Range) => void }) {
  const now = Date.now();
  const [from, setFrom] = useState(() => toLocalInput(resolveInstant(range.from, now) ?? now));
  const [to, setTo] = useState(() => toLocalInput(resolveInstant(range.to, now) ?? now));
  const valid = from !== "" && to !== "" && from !== to;
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (valid) choose(absoluteRange(new Date(from).getTime(), new Date(to).getTime()));
      }}
    >
      <label>
        <span className="label">From ({zoneName()})</span>
        <input
          className="input"
          type="datetime-local"
          step="1"
          value={from}
          onChange={(event) => setFrom(event.target.value)}
        />
      </label>
      <label>
        <span className="label">To</span>
        <input
          className="input"
          type="datetime-local"
          step="1"
          value={to}
          onChange={(event) => setTo(event.target.value)}
        />
      </label>
      <button type="submit" className="button primary" disabled={!valid}>
        Apply
      </button>
    </form>
  );
}
