// Lines by pino, with the fields and the destination of log_call.py. For each "<way> <number>" read, that many lines
// are written and the nanoseconds of one are answered, so that the rounds of all loggers can take turns.

import { createInterface } from "node:readline";
import pino from "pino";

const ids = JSON.parse(process.argv[2]);
const options = {
  base: { service_name: "bench", environment: "production", release: "1" },
  timestamp: () => `,"timestamp":"${new Date().toISOString()}"`,
  messageKey: "message",
  formatters: { level: (label) => ({ log_level: label }) },
};
const log = pino(options, pino.destination({ dest: "/dev/null", sync: true }));
const child = log.child(ids);

const ways = {
  fields: () => log.info({ ...ids, duration_ms: 3.4, "course.id": "c-101", count: 12 }, "quiz graded"),
  child: () => child.info({ duration_ms: 3.4, "course.id": "c-101", count: 12 }, "quiz graded"),
};

// Of this thread's processor, as log_call.py counts.
function nanoseconds(write, lines) {
  const started = process.threadCpuUsage();
  for (let n = 0; n < lines; n++) write();
  const { user, system } = process.threadCpuUsage(started);
  return ((user + system) * 1000) / lines;
}

for await (const asked of createInterface({ input: process.stdin })) {
  const [way, lines] = asked.split(" ");
  console.log(nanoseconds(ways[way], Number(lines)));
}
