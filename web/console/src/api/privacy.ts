import { useMutation, useQueryClient } from "@tanstack/react-query";
import { send } from "./client";
import { useRead } from "./queries";

/** A kind found in a field of a service; `field` is empty where it concerns the whole record. */
export interface Finding {
  kind: string;
  service_name: string;
  field: string;
  count: number;
  last_seen: string;
}

export interface CourseStep {
  start: string;
  counts: Record<string, number>;
}

export interface Findings {
  findings: Finding[];
  interval_seconds: number;
  course: CourseStep[];
}

export interface UndeclaredField {
  name: string;
  services: string[];
  count: number;
  different: number;
  first_seen: string;
  last_seen: string;
  suggested_class: string;
}

export interface DeclaredField {
  name: string;
  class: string;
  description: string;
  declared_by: string;
  declared_at: string;
}

/** What there is of a tenant's own people and numbers; never who. */
export interface Roster {
  tenant_id: string;
  people: number;
  loaded_at: string | null;
  size_bytes: number;
  numbers: string[];
  /** Why it cannot be used: the tenant's texts are withheld. */
  problem: string;
}

export interface PrivacyScope {
  service: string;
  tenant: string;
  from: string;
  to: string;
}

const FIELDS = "/api/privacy/fields";
/** Minutes are counted once they are over, so asking more often would bring nothing. */
const REFRESH_MS = 15_000;

const often = (live: boolean) => (live ? { every: REFRESH_MS } : {});

export const useFindings = (scope: PrivacyScope, live: boolean) =>
  useRead<Findings>("/api/privacy/findings", { ...scope }, often(live));

export const useUndeclared = (scope: PrivacyScope, live: boolean) =>
  useRead<{ undeclared: UndeclaredField[] }>("/api/privacy/undeclared", { ...scope }, often(live));

export const useDeclared = () => useRead<{ fields: DeclaredField[] }>(FIELDS, {});

export const useRosters = () => useRead<{ rosters: Roster[] }>("/api/privacy/rosters", {});

/** Declares a field; what comes in from then on is kept as its class says. */
export function useDeclare() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (wanted: { name: string; class: string }) => send("POST", FIELDS, wanted),
    onSuccess: () => queries.invalidateQueries({ queryKey: [FIELDS] }),
  });
}

export function useWithdraw() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (name: string) => send("DELETE", `${FIELDS}/${encodeURIComponent(name)}`),
    onSuccess: () => queries.invalidateQueries({ queryKey: [FIELDS] }),
  });
}
