import { keepPreviousData, useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { address, get, type Parameters } from "./client";
import type {
  Correlation,
  ErrorList,
  FieldList,
  Histogram,
  LogCount,
  LogPage,
  ServiceList,
  Session,
  Trace,
  TracePage,
} from "./types";

const LOGS_PER_PAGE = 200;
const TRACES_PER_PAGE = 100;
/** Fast enough to watch a demo come alive, slow enough not to weigh on the store. */
const OVERVIEW_REFRESH_MS = 10_000;

/** What a list is narrowed to; every part of it stands in the page's address. */
export interface LogScope {
  query: string;
  tenant: string;
  from: string;
  to: string;
}

export interface TraceScope extends LogScope {
  service: string;
  status: string;
  min_duration_ms: string;
}

const parameters = (scope: object): Parameters => ({ ...(scope as Parameters) });

export function useRead<T>(
  path: string,
  scope: Parameters,
  options: { enabled?: boolean; every?: number; onReturn?: boolean } = {},
) {
  const url = address(path, scope);
  return useQuery({
    queryKey: [path, url],
    queryFn: ({ signal }) => get<T>(url, signal),
    placeholderData: keepPreviousData,
    enabled: options.enabled ?? true,
    refetchInterval: options.every ?? false,
    refetchOnWindowFocus: options.onReturn ? "always" : false,
  });
}

export const SESSION = "/api/session";

/** Asked again whenever one comes back to the tab: one may have signed in, or out, in another. */
export const useSession = () => useRead<Session>(SESSION, {}, { onReturn: true });

export const useServices = (scope: { tenant: string; from: string; to: string }, live: boolean) =>
  useRead<ServiceList>("/api/services", scope, live ? { every: OVERVIEW_REFRESH_MS } : {});

export const useErrors = (scope: { tenant: string; from: string; to: string }, live: boolean) =>
  useRead<ErrorList>("/api/errors", { ...scope, limit: 20 }, live ? { every: OVERVIEW_REFRESH_MS } : {});

export const useLogCount = (scope: LogScope, enabled: boolean) =>
  useRead<LogCount>("/api/logs/count", parameters(scope), { enabled });

export const useHistogram = (scope: LogScope, buckets: number, enabled: boolean) =>
  useRead<Histogram>("/api/logs/histogram", { ...parameters(scope), buckets }, { enabled });

/** The fields seen in the range, for completion; deliberately not narrowed by the half-typed query. */
export const useFields = (scope: { tenant: string; from: string; to: string }) =>
  useQuery({
    queryKey: ["/api/logs/fields", scope],
    queryFn: ({ signal }) => get<FieldList>(address("/api/logs/fields", scope), signal),
    placeholderData: keepPreviousData,
    staleTime: 60_000,
  });

export function useLogs(scope: LogScope, enabled: boolean) {
  return useInfiniteQuery({
    queryKey: ["/api/logs", scope],
    queryFn: ({ pageParam, signal }) =>
      get<LogPage>(
        address("/api/logs", { ...parameters(scope), limit: LOGS_PER_PAGE, cursor: pageParam }),
        signal,
      ),
    initialPageParam: "",
    getNextPageParam: (page) => page.next_cursor ?? undefined,
    placeholderData: keepPreviousData,
    enabled,
  });
}

export function useTraces(scope: TraceScope) {
  return useInfiniteQuery({
    queryKey: ["/api/traces", scope],
    queryFn: ({ pageParam, signal }) =>
      get<TracePage>(
        address("/api/traces", { ...parameters(scope), limit: TRACES_PER_PAGE, cursor: pageParam }),
        signal,
      ),
    initialPageParam: "",
    getNextPageParam: (page) => page.next_cursor ?? undefined,
    placeholderData: keepPreviousData,
  });
}

// A record's own page never shows the one before it while it loads: that would be a wrong answer.
export const useTrace = (id: string) =>
  useQuery({
    queryKey: ["/api/traces", id],
    queryFn: ({ signal }) => get<Trace>(`/api/traces/${encodeURIComponent(id)}`, signal),
  });

export const useCorrelation = (id: string) =>
  useQuery({
    queryKey: ["/api/correlations", id],
    queryFn: ({ signal }) => get<Correlation>(`/api/correlations/${encodeURIComponent(id)}`, signal),
    enabled: id !== "",
  });
