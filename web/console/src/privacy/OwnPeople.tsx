import { type Roster, useRosters } from "../api/privacy";
import { ErrorPanel } from "../parts/ErrorPanel";
import { Loading } from "../parts/Loading";
import { number, TableHead } from "../parts/TableHead";
import { Ago } from "../parts/Timestamp";
import { humanCount } from "../time/duration";

/** The rosters of tenants, for those who may load them. */
export function OwnPeople() {
  const read = useRosters();
  const rosters = read.data?.rosters ?? [];
  return (
    <section className="privacy-part">
      <h2>
        Rosters <span className="muted">{rosters.length > 0 && rosters.length}</span>
      </h2>
      <p className="muted">
        A tenant's own people are replaced in its texts wherever they are named. Who they are is never shown.
      </p>
      {read.error && <ErrorPanel error={read.error} retry={read.refetch} />}
      {read.isPending && <Loading label="Reading the rosters" rows={3} />}
      {rosters
        .filter(({ problem }) => problem)
        .map(({ tenant_id, problem }) => (
          <p key={tenant_id} className="form-error" role="alert">
            Texts of {tenant_id} are withheld, because its roster cannot be used: {problem}. Load it again, or
            remove it.
          </p>
        ))}
      {read.data && rosters.length === 0 && (
        <p className="quiet">
          No tenant has a roster yet. Load one: <code>eduscope privacy roster load FILE --tenant T</code>
        </p>
      )}
      {rosters.length > 0 && <RosterTable rosters={rosters} />}
    </section>
  );
}

/** Whose people are looked for, how many and since when; never who. */
function RosterTable({ rosters }: { rosters: Roster[] }) {
  return (
    <div className="table-frame">
      <table className="table">
        <TableHead columns={["Tenant", number("People"), number("Patterns"), number("Loaded")]} />
        <tbody>
          {rosters.map((roster) => (
            <tr key={roster.tenant_id} data-testid="roster" data-tenant={roster.tenant_id}>
              <th scope="row" className="id roster-tenant">
                {roster.tenant_id}
              </th>
              <td className="number">{humanCount(roster.people)}</td>
              <td className="number" title={roster.numbers.join("\n")}>
                {humanCount(roster.numbers.length)}
              </td>
              <td className="number">{roster.loaded_at && <Ago at={roster.loaded_at} />}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
