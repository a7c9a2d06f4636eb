import type { ServiceSummary } from "../api/types";
import { humanCount, humanRate, humanShare } from "../time/duration";

/** The whole system in one line. */
export function Totals({ services }: { services: ServiceSummary[] }) {
  const sum = (value: (service: ServiceSummary) => number) =>
    services.reduce((total, service) => total + value(service), 0);
  const requests = sum((service) => service.request_count);
  const failed = sum((service) => service.request_count * service.error_rate);
  return (
    <dl className="totals">
      <Total label={services.length === 1 ? "service" : "services"} value={humanCount(services.length)} />
      <Total label="requests/s" value={humanRate(sum((service) => service.requests_per_second))} />
      <Total label="errors" value={humanShare(requests ? failed / requests : 0)} />
      <Total label="log lines" value={humanCount(sum((service) => service.log_count))} />
      <Total label="spans" value={humanCount(sum((service) => service.span_count))} />
    </dl>
  );
}

function Total({ label, value }: { label: string; value: string }) {
  return (
    <div>
      <dd>{value}</dd>
      <dt>{label}</dt>
    </div>
  );
}
