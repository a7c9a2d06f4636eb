import { useState } from "react";
import { type DeclaredField, useWithdraw } from "../api/privacy";
import { Popover } from "../parts/Popover";
import { actions, number, TableHead } from "../parts/TableHead";
import { Ago } from "../parts/Timestamp";
import { meaningOf } from "./classes";

interface DeclaredTableProps {
  fields: DeclaredField[];
  mayWithdraw: boolean;
}

/** What people declared here, who did, and the way back. */
export function DeclaredTable({ fields, mayWithdraw }: DeclaredTableProps) {
  return (
    // A panel hangs out of its last row, so nothing may be cut off here.
    <div className="table-frame">
      <table className="table declared-table">
        <TableHead
          columns={[
            "Field",
            "Class",
            "Its values",
            "Declared by",
            number("When"),
            ...(mayWithdraw ? [actions("Withdraw")] : []),
          ]}
        />
        <tbody>
          {fields.map((field) => (
            <tr key={field.name} data-testid="declared-field" data-field={field.name}>
              <th scope="row" className="id" title={field.description}>
                {field.name}
              </th>
              <td>
                <span className="badge">{field.class}</span>
              </td>
              <td className="muted declared-meaning">{meaningOf(field.class)}</td>
              <td className="declared-by">{field.declared_by}</td>
              <td className="number">
                <Ago at={field.declared_at} />
              </td>
              {mayWithdraw && (
                <td className="cell-links">
                  <Withdraw name={field.name} />
                </td>
              )}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Withdraw({ name }: { name: string }) {
  const [open, setOpen] = useState(false);
  const withdraw = useWithdraw();
  return (
    <Popover
      open={open}
      setOpen={setOpen}
      align="end"
      label="Withdraw"
      trigger={(properties) => (
        <button type="button" className="button small" {...properties}>
          Withdraw
        </button>
      )}
    >
      <div className="confirm">
        <p>
          From now on texts of <code>{name}</code> are kept as tokens again. What is stored stays as it is.
        </p>
        {withdraw.error && (
          <p className="form-error" role="alert">
            {withdraw.error.message}
          </p>
        )}
        <div className="actions">
          <button
            type="button"
            className="button primary"
            disabled={withdraw.isPending}
            onClick={() => withdraw.mutate(name)}
          >
            Withdraw it
          </button>
          <button type="button" className="button" onClick={() => setOpen(false)}>
            Keep it
          </button>
        </div>
      </div>
    </Popover>
  );
}
