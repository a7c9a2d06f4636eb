import type { Finding } from "../api/privacy";
import { quoted, term } from "../language/edit";

const NAMES: Record<string, string> = {
  EMAIL: "E-mail address",
  PHONE: "Phone number",
  IP: "IP address",
  CARD: "Payment card",
  SSN: "Social security number",
  NATIONAL_ID: "National id",
  IBAN: "Bank account",
  DOB: "Date of birth",
  STUDENT_ID: "Student id",
  USERNAME: "User name",
  PERSON: "Person's name",
  SECRET: "Secret",
  PRIVATE_KEY: "Private key",
  URL_CREDENTIALS: "Password in a URL",
  undeclared: "Undeclared text",
  id_replaced: "Odd id",
  withheld: "Unchecked text",
  "withheld:prose": "Learners' words",
  "withheld:secret": "Secret field",
  "withheld:network": "Odd address",
  "withheld:label": "Odd label",
};

/** What a kind is called; one that the console does not know yet by its own words. */
export function kindName(kind: string): string {
  return NAMES[kind] ?? kind.replace("withheld:", "Withheld ").replaceAll("_", " ").toLowerCase();
}

/** What was done to it. */
export function kindFate(kind: string): string {
  if (kind === "undeclared") return "kept as a token";
  if (kind === "id_replaced") return "replaced by a code";
  return kind.startsWith("withheld") ? "not kept" : "replaced";
}

/** Colours of the style sheet, neighbours far apart. Kinds come and go, so the most frequent take them in turn. */
const HUES = [0, 5, 3, 8, 11, 4, 9, 2, 6, 10, 1, 7];

/** The kinds by how often they were found, each with its colour. */
export function kindsOf(findings: readonly Finding[]): { kind: string; count: number; hue: number }[] {
  const counts = new Map<string, number>();
  for (const { kind, count } of findings) counts.set(kind, (counts.get(kind) ?? 0) + count);
  return [...counts]
    .sort(([oneKind, one], [otherKind, other]) => other - one || oneKind.localeCompare(otherKind))
    .map(([kind, count], place) => ({ kind, count, hue: HUES[place % HUES.length] ?? 0 }));
}

/** The search that shows the log lines of a finding, as near as the search language comes. */
export function queryFor({
  kind,
  service_name,
  field,
}: Pick<Finding, "kind" | "service_name" | "field">): string {
  const service = service_name ? `${term("service_name", service_name)} ` : "";
  if (kind === "id_replaced") return `${service}${term("marks", kind)}`;
  if (field === "message") return `${service}${quoted(`[${kind}]`)}`;
  return kind.startsWith("withheld") ? `${service}${term(field, `[${kind}]`)}` : `${service}${field}:*`;
}
