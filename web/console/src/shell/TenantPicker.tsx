import { useFields } from "../api/queries";
import type { Session } from "../api/types";
import { useView } from "../view";

/** Narrows every page to one school. Whoever may read all sees those that wrote in the last week. */
export function TenantPicker({ session }: { session: Session | undefined }) {
  const view = useView();
  const fields = useFields({ tenant: "", from: "-7d", to: "now" });
  const seen = fields.data?.fields.find((field) => field.name === "tenant_id")?.values ?? [];
  const tenants = new Set(session?.tenants ?? seen.map(({ value }) => value).filter(Boolean));
  if (view.tenant) tenants.add(view.tenant);
  // Its place is kept while it is read, or the header would jump.
  if (tenants.size === 0 && !fields.isPending) return null;

  return (
    <select
      className="select tenant"
      aria-label="Tenant"
      value={view.tenant}
      onChange={(event) => view.set({ tenant: event.target.value })}
    >
      <option value="">All tenants</option>
      {[...tenants].sort().map((tenant) => (
        <option key={tenant} value={tenant}>
          {tenant}
        </option>
      ))}
    </select>
  );
}
