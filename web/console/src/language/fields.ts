// The short names the search language accepts, and the fields they stand for.

export const ALIASES: Readonly<Record<string, string>> = {
  level: "log_level",
  service: "service_name",
  tenant: "tenant_id",
  user: "user_id",
  correlation: "correlation_id",
  request: "request_id",
  trace: "trace_id",
  span: "span_id",
  env: "environment",
};

const SHORT = new Map(Object.entries(ALIASES).map(([alias, field]) => [field, alias]));

/** The field an alias stands for; any other name is its own. */
export const fieldOf = (name: string): string => ALIASES[name] ?? name;

/** The shortest name of a field, as it is put into a query. */
export const shortName = (field: string): string => SHORT.get(field) ?? field;
