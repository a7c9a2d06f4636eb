import { useState } from "react";
import { Link } from "wouter";
import { type UndeclaredField, useDeclare } from "../api/privacy";
import { CopyButton } from "../parts/CopyButton";
import { Service } from "../parts/Service";
import { Ago } from "../parts/Timestamp";
import { counted } from "../time/duration";
import { useView } from "../view";
import { CLASSES, declareLine, isDeclarable, meaningOf } from "./classes";
import { queryFor } from "./kinds";

/** Services named beside a field; more are counted. */
const SERVICES_SHOWN = 3;

interface UndeclaredListProps {
  fields: UndeclaredField[];
  mayDeclare: boolean;
}

/** The fields that nobody declared, each with the one step that does. */
export function UndeclaredList({ fields, mayDeclare }: UndeclaredListProps) {
  return (
    <ul className="undeclared">
      {fields.map((field) => (
        <UndeclaredItem key={field.name} field={field} mayDeclare={mayDeclare} />
      ))}
    </ul>
  );
}

function UndeclaredItem({ field, mayDeclare }: { field: UndeclaredField; mayDeclare: boolean }) {
  const view = useView();
  const [chosen, setChosen] = useState(field.suggested_class);
  const declarable = isDeclarable(field.name);
  const lines = queryFor({ kind: "undeclared", service_name: "", field: field.name });
  return (
    <li className="undeclared-item" data-testid="undeclared-field" data-field={field.name}>
      <div className="undeclared-what">
        <Link href={view.to("/logs", { query: lines })} className="row-link id undeclared-name">
          {field.name}
        </Link>
        <div className="facts small-text">
          <Services names={field.services} />
          <span className="tabular">{counted(field.count, "value")}</span>
          <span className="muted">
            first <Ago at={field.first_seen} />, last <Ago at={field.last_seen} />
          </span>
        </div>
      </div>
      {declarable ? (
        <div className="undeclared-how">
          {mayDeclare ? (
            <DeclareForm name={field.name} chosen={chosen} choose={setChosen} />
          ) : (
            <p className="muted">
              Looks like <strong>{chosen}</strong>: {meaningOf(chosen)}. An admin can declare it.
            </p>
          )}
          <div className="declare-line">
            <code>{declareLine(field.name, chosen)}</code>
            <CopyButton text={declareLine(field.name, chosen)} label="Copy the line for the service" />
          </div>
        </div>
      ) : (
        <p className="undeclared-how muted">
          The contract has no such names: rename it in the service to words of a-z, 0-9 and _ with dots
          between.
        </p>
      )}
    </li>
  );
}

interface DeclareFormProps {
  name: string;
  chosen: string;
  choose: (fieldClass: string) => void;
}

function DeclareForm({ name, chosen, choose }: DeclareFormProps) {
  const declare = useDeclare();
  return (
    <form
      className="declare-form"
      onSubmit={(event) => {
        event.preventDefault();
        declare.mutate({ name, class: chosen });
      }}
    >
      <select
        className="select"
        aria-label={`Class of ${name}`}
        value={chosen}
        onChange={(event) => choose(event.target.value)}
      >
        {CLASSES.map(([fieldClass, meaning]) => (
          <option key={fieldClass} value={fieldClass}>
            {fieldClass} – {meaning}
          </option>
        ))}
      </select>
      <button type="submit" className="button primary" disabled={declare.isPending}>
        {declare.isPending ? "Declaring…" : "Declare"}
      </button>
      {declare.error && (
        <p className="form-error" role="alert">
          {declare.error.message}
        </p>
      )}
    </form>
  );
}

function Services({ names }: { names: string[] }) {
  const sorted = [...names].sort();
  const more = sorted.length - SERVICES_SHOWN;
  return (
    <>
      {sorted.slice(0, SERVICES_SHOWN).map((name) => (
        <Service key={name} name={name} />
      ))}
      {more > 0 && (
        <span className="muted" title={sorted.join(", ")}>
          and {more} more
        </span>
      )}
    </>
  );
}
