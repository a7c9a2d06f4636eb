import type { SpanEvent } from "../api/types";
import { StackTrace } from "../parts/StackTrace";
import { humanOffset } from "../time/duration";

interface SpanEventsProps {
  events: SpanEvent[];
  offsetMs: (timestamp: string) => number;
}

/** What happened within a span, exceptions with their stack. */
export function SpanEvents({ events, offsetMs }: SpanEventsProps) {
  if (events.length === 0) return null;
  return (
    <>
      <h3>Events</h3>
      {events.map((event) => (
        <div
          key={`${event.timestamp} ${event.name}`}
          className="span-event-detail"
          data-failed={event.name === "exception"}
        >
          <div>
            <strong>{event.name}</strong>{" "}
            <span className="muted tabular">{humanOffset(offsetMs(event.timestamp))}</span>
          </div>
          {Object.entries(event.attributes).map(([name, value]) =>
            name === "exception.stacktrace" ? (
              <StackTrace key={name} text={String(value)} />
            ) : (
              <div key={name} className="event-field">
                <span className="muted">{name}</span> <span>{String(value)}</span>
              </div>
            ),
          )}
        </div>
      ))}
    </>
  );
}
