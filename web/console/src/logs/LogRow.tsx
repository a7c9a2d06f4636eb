import { memo } from "react";
import type { Log } from "../api/types";
import { brief } from "../parts/brief";
import { LevelMark } from "../parts/LevelMark";
import { Service } from "../parts/Service";
import { Timestamp } from "../parts/Timestamp";
import { humanDuration } from "../time/duration";
import { LogDetail } from "./LogDetail";

interface LogRowProps {
  log: Log;
  open: boolean;
  /** Rows span more than a day, so the time alone says too little. */
  day: boolean;
  toggle: () => void;
}

export const LogRow = memo(function LogRow({ log, open, day, toggle }: LogRowProps) {
  return (
    <div
      className="log"
      data-testid="log-row"
      data-level={log.log_level}
      data-service={log.service_name}
      data-open={open}
    >
      <button type="button" className="log-line" data-row aria-expanded={open} onClick={toggle}>
        <Timestamp at={log.timestamp} day={day} />
        <LevelMark level={log.log_level} />
        <Service name={log.service_name} />
        <span className="log-message">
          {log.message || <span className="faint">(no message)</span>}
          <span className="log-brief">{brief(log.message, log.attributes)}</span>
        </span>
        <span className="log-duration">{log.duration_ms === null ? "" : humanDuration(log.duration_ms)}</span>
      </button>
      {open && <LogDetail log={log} />}
    </div>
  );
});
