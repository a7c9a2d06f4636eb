import { useState } from "react";
import { Link } from "wouter";
import type { ServiceSummary } from "../api/types";
import { filterFor } from "../language/edit";
import { Icon } from "../parts/Icon";
import { Service } from "../parts/Service";
import { Sparkline } from "../parts/Sparkline";
import { actions, number, TableHead } from "../parts/TableHead";
import { Ago } from "../parts/Timestamp";
import { humanCount, humanDuration, humanRate, humanShare } from "../time/duration";
import { useView } from "../view";

/** From here on a share of failures is worth a colour. */
const NOTABLE_ERROR_RATE = 0.01;
const BAD_ERROR_RATE = 0.05;

/** As many as one looks through; the others by their names, or on demand. */
const ROWS_AT_FIRST = 100;

export function ServiceTable({ services }: { services: ServiceSummary[] }) {
  const view = useView();
  const [all, setAll] = useState(false);
  const find = view.get("find").trim().toLowerCase();
  const found = services.filter(({ service_name }) => service_name.toLowerCase().includes(find));
  const shown = all ? found : found.slice(0, ROWS_AT_FIRST);
  return (
    <>
      {services.length > ROWS_AT_FIRST && (
        <search className="search-field find-service">
          <Icon name="search" />
          <input
            data-main-search
            type="text"
            aria-label="Find a service"
            placeholder="Find a service"
            autoComplete="off"
            spellCheck={false}
            value={view.get("find")}
            onChange={(event) => view.set({ find: event.target.value }, { replace: true })}
            onKeyDown={(event) => event.key === "Escape" && event.currentTarget.blur()}
          />
        </search>
      )}
      {found.length === 0 && <p className="list-end muted">No service has this in its name.</p>}
      {found.length > 0 && <Rows services={shown} />}
      {found.length > shown.length && (
        <button type="button" className="button more" onClick={() => setAll(true)}>
          Show all {humanCount(found.length)}
        </button>
      )}
    </>
  );
}

function Rows({ services }: { services: ServiceSummary[] }) {
  return (
    <div className="table-scroll">
      <table className="table services">
        <TableHead
          columns={[
            "Service",
            "Requests over time",
            number("Requests/s"),
            number("Errors"),
            number("p50"),
            number("p95"),
            number("p99"),
            number("Log lines"),
            number("Last seen"),
            actions("Open"),
          ]}
        />
        <tbody>
          {services.map((service) => (
            <ServiceRow key={service.service_name} service={service} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function tone(rate: number): string | undefined {
  if (rate >= BAD_ERROR_RATE) return "bad";
  return rate >= NOTABLE_ERROR_RATE ? "notable" : undefined;
}

function ServiceRow({ service }: { service: ServiceSummary }) {
  const view = useView();
  const name = service.service_name;
  const serves = service.request_count > 0;
  const logs = view.to("/logs", { query: filterFor("", "service_name", name) });
  const traces = view.to("/traces", { service: name });
  return (
    <tr data-testid="service-row" data-service={name}>
      <th scope="row">
        <Link href={logs} className="row-link">
          <Service name={name} />
        </Link>
      </th>
      <td className="cell-spark">
        {serves ? (
          <Sparkline
            counts={service.requests}
            errors={service.errors}
            label={`${humanCount(service.request_count)} requests of ${name}`}
          />
        ) : (
          <span className="faint">serves no requests</span>
        )}
      </td>
      <Cell label="Requests/s" value={serves ? humanRate(service.requests_per_second) : "–"} />
      <Cell
        label="Errors"
        value={serves ? humanShare(service.error_rate) : "–"}
        tone={tone(service.error_rate)}
      />
      <Cell label="p50" value={humanDuration(service.p50_ms)} />
      <Cell label="p95" value={humanDuration(service.p95_ms)} />
      <Cell label="p99" value={humanDuration(service.p99_ms)} />
      <Cell label="Log lines" value={humanCount(service.log_count)} />
      <td className="number" data-label="Last seen">
        <Ago at={service.last_seen} />
      </td>
      <td className="cell-links">
        <Link href={logs} className="button small">
          <Icon name="logs" /> Logs
        </Link>
        <Link href={traces} className="button small">
          <Icon name="trace" /> Traces
        </Link>
      </td>
    </tr>
  );
}

function Cell({ label, value, tone: colour }: { label: string; value: string; tone?: string | undefined }) {
  return (
    <td className="number" data-label={label} data-tone={colour}>
      {value}
    </td>
  );
}
