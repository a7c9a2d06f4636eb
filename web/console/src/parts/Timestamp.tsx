import { ago, localDay, localTimeMs, utc } from "../time/instant";
import { useNow } from "./useNow";

/** The local time to the millisecond; the day too where rows span days. UTC on hover. */
export function Timestamp({ at, day = false }: { at: string; day?: boolean }) {
  if (!at) return <span className="faint">–</span>;
  const date = new Date(at);
  return (
    <time dateTime={at} title={utc(at)} className="timestamp">
      {day ? `${localDay(date)} ` : ""}
      {localTimeMs(date)}
    </time>
  );
}

/** `3 min ago`, kept up to date. UTC on hover. */
export function Ago({ at }: { at: string }) {
  const now = useNow();
  if (!at) return <span className="faint">never</span>;
  return (
    <time dateTime={at} title={utc(at)} className="timestamp">
      {ago(at, now)}
    </time>
  );
}
