/** Who is at the page: a visitor of a school, or somebody who signed in. */

import * as api from "./api.js";
import { telemetry } from "./telemetry.js";

const TENANT_KEY = "edulearn-tenant";
let current: api.Person | undefined;
const listeners: ((person: api.Person) => void)[] = [];

/** The person at the page. */
export const person = (): api.Person | undefined => current;

/** Whether somebody signed in, rather than looks around. */
export const isSignedIn = (): boolean => current !== undefined && current.role !== "visitor";

/** Calls back whenever somebody else is at the page. */
export function onPerson(listener: (person: api.Person) => void): void {
  listeners.push(listener);
}

/** Goes on with the session the browser has, or begins one as a visitor of the school that was visited last. */
export async function resume(tenants: api.Tenant[]): Promise<void> {
  const session = await api.session();
  if (session.role !== "" && session.role !== "visitor") {
    become((await api.me()).person);
    return;
  }
  const remembered = localStorage.getItem(TENANT_KEY);
  const tenant = tenants.find((t) => t.tenant_id === remembered) ?? tenants[0];
  if (tenant) await visit(tenant.tenant_id);
}

/** Looks around in a school. */
export async function visit(tenantId: string): Promise<void> {
  become(await telemetry.action("choose school", () => api.visit(tenantId)));
  localStorage.setItem(TENANT_KEY, tenantId);
}

export async function signIn(email: string, password: string): Promise<void> {
  become(await telemetry.action("sign in", () => api.signIn(email, password)));
}

/** Leaves, and looks around in the same school again. */
export async function signOut(): Promise<void> {
  const tenantId = current?.tenant_id ?? "";
  await telemetry.action("sign out", () => api.signOut());
  await visit(tenantId);
}

function become(person: api.Person): void {
  current = person;
  telemetry.setTenant(person.tenant_id);
  for (const listener of listeners) listener(person);
}
