import type { Level } from "../api/types";

const SHORT: Record<Level, string> = {
  debug: "debug",
  info: "info",
  warning: "warn",
  error: "error",
  critical: "crit",
};

export function LevelMark({ level }: { level: Level }) {
  return (
    <span className="level" data-level={level} title={level}>
      {SHORT[level] ?? level}
    </span>
  );
}
