// Lines with odd values, for the test of docs/how-to/node-services.md; reads what it tokenises from its arguments.
import { bind, flush, log, outgoing, run } from "./telemetry.mjs";
import { network, tokenize } from "./privacy.mjs";

const cycle = {};
cycle.self = cycle;

log.debug("only in development");
log.info("no fields at %d %", 5);
log.info({ count: Number.NaN, duration_ms: Number.NaN }, "not a number");
log.info({ "course.id": cycle, nickname: { first: "Ada" }, size: 12n }, "objects");
log.info({ message: "mine", log_level: "loud", service_name: "other", user_id: "Ada" }, "names of the line itself");
log.warn({ "client.address": "not an address", "http.route": "/courses/{id}?name=ada" }, "odd classes");
log.warn("mail to ada@example.edu from 203.0.113.9, password=hunter2, call +1 555 123 4567");
log.error(Object.assign(new RangeError("no quiz for ada@example.edu"), { secret: "hunter2" }), "failed");
log.fatal(null, "nothing");
const child = log.child({ "course.id": "c-7", nickname: "Ada" }).child({ count: 1 });
child.info({ count: 2 }, "from a child");
run({ correlation_id: "bad id\n", tenant_id: "a tenant\n", user_id: "ada@example.edu" }, () => {
  log.info("in a job");
  setTimeout(async () => {
    bind({ tenant_id: "north" });
    log.info("later in the job");
    log.info({ message: JSON.stringify(outgoing()) }, "headers");
    await flush();
    const { values, addresses } = JSON.parse(process.argv[2]);
    console.error(JSON.stringify([values.map((value) => tokenize(value)), addresses.map(network)]));
  }, 1);
});
