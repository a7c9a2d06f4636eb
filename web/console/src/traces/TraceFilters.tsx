import { useState } from "react";
import { type TraceScope, useServices } from "../api/queries";
import { Icon } from "../parts/Icon";
import type { Patch } from "../view";

interface TraceFiltersProps {
  scope: TraceScope;
  change: (patch: Patch) => void;
}

const STATUSES: [string, string][] = [
  ["", "All"],
  ["error", "With errors"],
  ["ok", "Without"],
];
const DURATIONS: [string, string][] = [
  ["", "Any duration"],
  ["50", "≥ 50 ms"],
  ["100", "≥ 100 ms"],
  ["250", "≥ 250 ms"],
  ["500", "≥ 500 ms"],
  ["1000", "≥ 1 s"],
  ["5000", "≥ 5 s"],
];

export function TraceFilters({ scope, change }: TraceFiltersProps) {
  const services = useServices({ tenant: scope.tenant, from: scope.from, to: scope.to }, false);
  const names = new Set(services.data?.services.map((service) => service.service_name));
  if (scope.service) names.add(scope.service);
  const durations = withOwn(DURATIONS, scope.min_duration_ms);

  return (
    <div className="filters">
      <QueryField query={scope.query} search={(query) => change({ query })} />
      <select
        className="select"
        aria-label="Service"
        value={scope.service}
        onChange={(event) => change({ service: event.target.value })}
      >
        <option value="">Every service</option>
        {[...names].sort().map((name) => (
          <option key={name}>{name}</option>
        ))}
      </select>
      <select
        className="select"
        aria-label="Shortest duration"
        value={scope.min_duration_ms}
        onChange={(event) => change({ min_duration_ms: event.target.value })}
      >
        {durations.map(([value, label]) => (
          <option key={value} value={value}>
            {label}
          </option>
        ))}
      </select>
      <fieldset className="segments">
        <legend className="hidden">Status</legend>
        {STATUSES.map(([status, label]) => (
          <button
            key={status}
            type="button"
            aria-pressed={scope.status === status}
            onClick={() => change({ status })}
          >
            {label}
          </button>
        ))}
      </fieldset>
    </div>
  );
}

function withOwn(options: [string, string][], own: string): [string, string][] {
  return options.some(([value]) => value === own) ? options : [...options, [own, `≥ ${own} ms`]];
}

function QueryField({ query, search }: { query: string; search: (query: string) => void }) {
  const [text, setText] = useState(query);
  return (
    <search className="search-field">
      <Icon name="search" />
      <input
        data-main-search
        data-testid="trace-search"
        type="text"
        aria-label="Search the spans of traces"
        placeholder="http.route:/api/courses  user:usr_…"
        autoComplete="off"
        spellCheck={false}
        value={text}
        onChange={(event) => setText(event.target.value)}
        onKeyDown={(event) => {
          if (event.key === "Enter") search(text.trim());
          else if (event.key === "Escape") event.currentTarget.blur();
        }}
      />
    </search>
  );
}
