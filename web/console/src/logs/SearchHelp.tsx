import { useState } from "react";
import { Icon } from "../parts/Icon";
import { Popover } from "../parts/Popover";

const EXAMPLES: [string, string][] = [
  ["level:error", "errors; level:>=warning for that and worse"],
  ["service:courses tenant:northfield", "both must hold"],
  ["timeout connection", "both words, anywhere in the message"],
  ['"connection reset by peer"', "exactly these words"],
  ["duration_ms:>500", "also >=, <, <=, and ranges: 100..500"],
  ["http.response.status_code:>=500", "any field of the record"],
  ['http.route:"/courses/{course_id}"', "quote what holds more than letters and digits"],
  ["exception.type:*", "the field is there"],
  ["correlation:4bf92f*", "begins with"],
  ["-level:debug", "not; NOT works too"],
  ["(service:tutor OR service:courses) level:error", "either"],
];

/** The search language by example; each example can be tried. */
export function SearchHelp({ use }: { use: (query: string) => void }) {
  const [open, setOpen] = useState(false);
  return (
    <Popover
      open={open}
      setOpen={setOpen}
      align="end"
      label="How to search"
      trigger={(properties) => (
        <button
          type="button"
          className="icon-button"
          aria-label="How to search"
          title="How to search"
          {...properties}
        >
          <Icon name="help" />
        </button>
      )}
    >
      <div className="search-help">
        <h2>How to search</h2>
        {EXAMPLES.map(([query, does]) => (
          <button
            key={query}
            type="button"
            className="menu-item"
            onClick={() => {
              setOpen(false);
              use(query);
            }}
          >
            <code>{query}</code>
            <span className="muted">{does}</span>
          </button>
        ))}
        <p className="muted">
          Short names: level, service, tenant, user, correlation, request, trace, span, env. People are
          tokens: look for <code>user:usr_k1_…</code>
        </p>
      </div>
    </Popover>
  );
}
