import { useState } from "react";
import { Link } from "wouter";
import type { Finding } from "../api/privacy";
import { Icon } from "../parts/Icon";
import { Service } from "../parts/Service";
import { actions, number, TableHead } from "../parts/TableHead";
import { Ago } from "../parts/Timestamp";
import { humanCount } from "../time/duration";
import { useView } from "../view";
import { kindFate, kindName, type kindsOf, queryFor } from "./kinds";

/** Enough to act on; the rest on demand. */
const ROWS_AT_FIRST = 12;

interface FindingTableProps {
  findings: Finding[];
  kinds: ReturnType<typeof kindsOf>;
}

/** Where what was found, most often first; each row leads to the log lines that show it. */
export function FindingTable({ findings, kinds }: FindingTableProps) {
  const [all, setAll] = useState(false);
  const hues = new Map(kinds.map(({ kind, hue }) => [kind, hue]));
  const shown = all ? findings : findings.slice(0, ROWS_AT_FIRST);
  return (
    <>
      <div className="table-scroll">
        <table className="table finding-table">
          <TableHead
            columns={[
              "Kind",
              "Service",
              "Field",
              "Was",
              number("Count"),
              number("Last seen"),
              actions("Open"),
            ]}
          />
          <tbody>
            {shown.map((finding) => (
              <FindingRow
                key={`${finding.kind} ${finding.service_name} ${finding.field}`}
                finding={finding}
                hue={hues.get(finding.kind) ?? 0}
              />
            ))}
          </tbody>
        </table>
      </div>
      {!all && findings.length > ROWS_AT_FIRST && (
        <button type="button" className="button more" onClick={() => setAll(true)}>
          Show all {findings.length}
        </button>
      )}
    </>
  );
}

function FindingRow({ finding, hue }: { finding: Finding; hue: number }) {
  const view = useView();
  return (
    <tr data-testid="finding-row">
      <th scope="row">
        <span className="kind-name" data-hue={hue}>
          <i aria-hidden="true" /> {kindName(finding.kind)}
        </span>
      </th>
      <td className="finding-service">
        <Service name={finding.service_name} />
      </td>
      <td className="id finding-field">{finding.field || <span className="faint">the record</span>}</td>
      <td className="muted finding-fate">{kindFate(finding.kind)}</td>
      <td className="number finding-count">{humanCount(finding.count)}</td>
      <td className="number finding-last">
        <Ago at={finding.last_seen} />
      </td>
      <td className="cell-links">
        <Link href={view.to("/logs", { query: queryFor(finding) })} className="button small">
          <Icon name="logs" /> Logs
        </Link>
      </td>
    </tr>
  );
}
