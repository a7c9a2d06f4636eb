import { Link } from "wouter";
import { type Findings, type PrivacyScope, useDeclared, useFindings, useUndeclared } from "../api/privacy";
import { useServices, useSession } from "../api/queries";
import { EmptyState } from "../parts/EmptyState";
import { ErrorPanel } from "../parts/ErrorPanel";
import { Loading } from "../parts/Loading";
import { RangePicker } from "../parts/RangePicker";
import { usePageTitle } from "../parts/usePageTitle";
import { describeRange, isLive, widened } from "../time/range";
import { rangePatch, useView } from "../view";
import { CourseChart } from "./CourseChart";
import { DeclaredTable } from "./DeclaredTable";
import { FindingTable } from "./FindingTable";
import { kindsOf } from "./kinds";
import { Legend } from "./Legend";
import { OwnPeople } from "./OwnPeople";
import { UndeclaredList } from "./UndeclaredList";

/** What was found in the records, what nobody declared, and what people declared. */
export function PrivacyPage() {
  usePageTitle("Privacy");
  const view = useView();
  const session = useSession();
  const isAdmin = session.data?.roles.includes("admin") ?? false;
  const scope: PrivacyScope = { service: view.get("service"), tenant: view.tenant, ...view.range };
  return (
    <div className="page">
      <div className="page-head privacy-head">
        <h1>Privacy</h1>
        <ServicePicker scope={scope} />
        <RangePicker />
      </div>
      <Found scope={scope} />
      <Undeclared scope={scope} isAdmin={isAdmin} />
      <Declared isAdmin={isAdmin} />
      {(isAdmin || session.data?.roles.includes("privacy")) && <OwnPeople />}
    </div>
  );
}

function ServicePicker({ scope }: { scope: PrivacyScope }) {
  const view = useView();
  const services = useServices({ tenant: scope.tenant, from: scope.from, to: scope.to }, false);
  const names = new Set(services.data?.services.map((service) => service.service_name));
  if (scope.service) names.add(scope.service);
  return (
    <select
      className="select"
      aria-label="Service"
      value={scope.service}
      onChange={(event) => view.set({ service: event.target.value })}
    >
      <option value="">Every service</option>
      {[...names].sort().map((name) => (
        <option key={name}>{name}</option>
      ))}
    </select>
  );
}

function Found({ scope }: { scope: PrivacyScope }) {
  const found = useFindings(scope, isLive(scope));
  return (
    <section className="privacy-part" data-stale={found.isPlaceholderData} aria-label="What was found">
      {found.error && <ErrorPanel error={found.error} retry={found.refetch} />}
      {found.isPending && <Loading label="Reading what was found" rows={8} />}
      {found.data?.findings.length === 0 && <NothingFound scope={scope} />}
      {found.data && found.data.findings.length > 0 && <FoundCourse found={found.data} />}
    </section>
  );
}

function FoundCourse({ found }: { found: Findings }) {
  const view = useView();
  const kinds = kindsOf(found.findings);
  const chosen = kinds.some(({ kind }) => kind === view.get("kind")) ? view.get("kind") : "";
  const shown = chosen ? kinds.filter(({ kind }) => kind === chosen) : kinds;
  return (
    <>
      <Legend kinds={kinds} chosen={chosen} choose={(kind) => view.set({ kind })} />
      <CourseChart findings={found} kinds={shown} />
      <FindingTable
        key={chosen}
        findings={chosen ? found.findings.filter(({ kind }) => kind === chosen) : found.findings}
        kinds={kinds}
      />
    </>
  );
}

function NothingFound({ scope }: { scope: PrivacyScope }) {
  const view = useView();
  const narrowed = scope.service !== "" || scope.tenant !== "";
  return (
    <EmptyState title="Nothing had to be replaced">
      <p>
        No personal data, no undeclared text and no odd id was found in:{" "}
        {describeRange(scope, Date.now()).toLowerCase()}
        {scope.service && `, service ${scope.service}`}
        {scope.tenant && `, tenant ${scope.tenant}`}. A minute is counted once it is over.
      </p>
      <div className="actions">
        <Link
          className="button"
          href={view.to("/privacy", { service: scope.service, from: "-1d", to: null })}
        >
          Look at the last day
        </Link>
        <Link
          className="button"
          href={view.to("/privacy", { service: scope.service, ...rangePatch(widened(scope, Date.now())) })}
        >
          Twice the time range
        </Link>
        {narrowed && (
          <Link className="button" href={view.to("/privacy", { service: null, tenant: null })}>
            Every service and tenant
          </Link>
        )}
      </div>
    </EmptyState>
  );
}

function Undeclared({ scope, isAdmin }: { scope: PrivacyScope; isAdmin: boolean }) {
  const undeclared = useUndeclared(scope, isLive(scope));
  const declared = useDeclared();
  const known = new Set(declared.data?.fields.map(({ name }) => name));
  const open = undeclared.data?.undeclared.filter(({ name }) => !known.has(name)) ?? [];
  return (
    <section className="privacy-part">
      <h2>
        Undeclared fields <span className="muted">{open.length > 0 && open.length}</span>
      </h2>
      <p className="muted">
        Their texts are kept as tokens, which can be counted and joined, not read. Declare what holds no
        personal data; what has come in already stays as it is. A service that uses eduscope makes the token
        itself: there, the line under the class is needed, too.
      </p>
      {undeclared.error && <ErrorPanel error={undeclared.error} retry={undeclared.refetch} />}
      {undeclared.isPending && <Loading label="Reading the undeclared fields" rows={4} />}
      {undeclared.data && open.length === 0 && (
        <p className="quiet" data-testid="all-declared">
          Every text that came in this time has a declared name.
        </p>
      )}
      {open.length > 0 && <UndeclaredList fields={open} mayDeclare={isAdmin} />}
    </section>
  );
}

function Declared({ isAdmin }: { isAdmin: boolean }) {
  const declared = useDeclared();
  const fields = declared.data?.fields ?? [];
  return (
    <section className="privacy-part">
      <h2>
        Declared here <span className="muted">{fields.length > 0 && fields.length}</span>
      </h2>
      {declared.error && <ErrorPanel error={declared.error} retry={declared.refetch} />}
      {declared.isPending && <Loading label="Reading the declared fields" rows={3} />}
      {declared.data && fields.length === 0 && (
        <p className="quiet">
          Nobody declared a field on this platform yet. Those of the contract itself are always known:{" "}
          <a href="/contract/v1.json">/contract/v1.json</a>.
        </p>
      )}
      {fields.length > 0 && <DeclaredTable fields={fields} mayWithdraw={isAdmin} />}
    </section>
  );
}
