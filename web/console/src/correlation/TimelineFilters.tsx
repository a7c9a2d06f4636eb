import { Icon } from "../parts/Icon";
import type { Patch } from "../view";
import type { Entry } from "./timeline";

interface TimelineFiltersProps {
  text: string;
  kind: string;
  all: readonly Entry[];
  shown: number;
  change: (patch: Patch) => void;
}

export function TimelineFilters({ text, kind, all, shown, change }: TimelineFiltersProps) {
  const kinds: [string, string, number][] = [
    ["", "All", all.length],
    ["span", "Spans", all.filter(({ item }) => item.kind === "span").length],
    ["log", "Log lines", all.filter(({ item }) => item.kind === "log").length],
    ["error", "Errors", all.filter((each) => each.failed).length],
  ];
  return (
    <div className="filters">
      <search className="search-field">
        <Icon name="search" />
        <input
          data-main-search
          data-testid="timeline-filter"
          type="text"
          aria-label="Find on this timeline"
          placeholder="Find on this timeline"
          autoComplete="off"
          spellCheck={false}
          value={text}
          onChange={(event) => change({ find: event.target.value })}
          onKeyDown={(event) => event.key === "Escape" && event.currentTarget.blur()}
        />
      </search>
      <fieldset className="segments">
        <legend className="hidden">Kind</legend>
        {kinds.map(([value, label, count]) => (
          <button
            key={value}
            type="button"
            aria-pressed={kind === value}
            onClick={() => change({ kind: value })}
          >
            {label} <span className="muted tabular">{count}</span>
          </button>
        ))}
      </fieldset>
      {shown !== all.length && (
        <span className="muted" aria-live="polite">
          {shown} of {all.length}
        </span>
      )}
    </div>
  );
}
