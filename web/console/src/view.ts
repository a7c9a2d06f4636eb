import { useCallback, useMemo } from "react";
import { useLocation, useSearch } from "wouter";
import { DEFAULT_RANGE, type Range } from "./time/range";

/** What stays the same when one goes from a page to another. */
const CARRIED = ["tenant", "from", "to"];

export type Patch = Record<string, string | null>;

/** An address with changed parameters; `null` or `""` takes one out, so that links stay short. */
export function withParameters(path: string, search: URLSearchParams, patch: Patch): string {
  const next = new URLSearchParams(search);
  for (const [name, value] of Object.entries(patch)) {
    if (value === null || value === "") next.delete(name);
    else next.set(name, value);
  }
  const text = next.toString();
  return text ? `${path}?${text}` : path;
}

export interface View {
  get(name: string): string;
  range: Range;
  tenant: string;
  /** Changes this page's address; `replace` leaves no step in the history (typing, toggles). */
  set(patch: Patch, options?: { replace?: boolean }): void;
  /** The address of another page that keeps the range and the tenant. */
  to(path: string, patch?: Patch): string;
  go(path: string, patch?: Patch): void;
}

/** The page's state, all of which stands in its address. */
export function useView(): View {
  const [path, navigate] = useLocation();
  const text = useSearch();
  const search = useMemo(() => new URLSearchParams(text), [text]);

  const set = useCallback(
    (patch: Patch, options: { replace?: boolean } = {}) => {
      // Read afresh: two changes in one tick must both hold.
      const now = new URLSearchParams(window.location.search);
      navigate(withParameters(path, now, patch), { replace: options.replace ?? false });
    },
    [navigate, path],
  );
  const to = useCallback(
    (page: string, patch: Patch = {}) => {
      const carried = new URLSearchParams();
      for (const name of CARRIED) {
        const value = search.get(name);
        if (value) carried.set(name, value);
      }
      return withParameters(page, carried, patch);
    },
    [search],
  );
  const go = useCallback((page: string, patch: Patch = {}) => navigate(to(page, patch)), [navigate, to]);

  return useMemo(
    () => ({
      get: (name: string) => search.get(name) ?? "",
      range: {
        from: search.get("from") || DEFAULT_RANGE.from,
        to: search.get("to") || DEFAULT_RANGE.to,
      },
      tenant: search.get("tenant") ?? "",
      set,
      to,
      go,
    }),
    [search, set, to, go],
  );
}

/** A range as address parameters; the default one is left out. */
export function rangePatch(range: Range): Patch {
  const isDefault = range.from === DEFAULT_RANGE.from && range.to === DEFAULT_RANGE.to;
  return isDefault
    ? { from: null, to: null }
    : { from: range.from, to: range.to === "now" ? null : range.to };
}
