import { Link } from "wouter";
import type { ErrorGroup } from "../api/types";
import { quoted, term } from "../language/edit";
import { Service } from "../parts/Service";
import { actions, number, TableHead } from "../parts/TableHead";
import { Ago } from "../parts/Timestamp";
import { humanCount } from "../time/duration";
import { useView } from "../view";

/** What failed, most often first; each row leads to its log lines and to one occurrence. */
export function ErrorTable({ errors }: { errors: ErrorGroup[] }) {
  return (
    <section className="errors">
      <h2>Errors</h2>
      <div className="table-scroll">
        <table className="table error-table">
          <TableHead columns={["Service", "Error", number("Count"), number("Last seen"), actions("Open")]} />
          <tbody>
            {errors.map((error) => (
              <ErrorRow key={`${error.service_name} ${error.type} ${error.message}`} error={error} />
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}

function ErrorRow({ error }: { error: ErrorGroup }) {
  const view = useView();
  const id = error.correlation_id || error.trace_id;
  return (
    <tr data-testid="error-row">
      <td>
        <Service name={error.service_name} />
      </td>
      <td className="error-text">
        <Link href={view.to("/logs", { query: queryFor(error) })} className="row-link">
          <strong>{error.type}</strong> <span className="muted">{error.message}</span>
        </Link>
      </td>
      <td className="number">{humanCount(error.count)}</td>
      <td className="number">
        <Ago at={error.last_seen} />
      </td>
      <td className="cell-links">
        {id && (
          <Link href={view.to(`/correlations/${encodeURIComponent(id)}`)} className="button small">
            Last one
          </Link>
        )}
      </td>
    </tr>
  );
}

/** The lines of a group: by the class of the error, or by their message where no exception was logged. */
function queryFor({ service_name, type, message }: ErrorGroup): string {
  const service = term("service_name", service_name);
  return type ? `${service} ${term("exception.type", type)}` : `${service} level:>=error ${quoted(message)}`;
}
