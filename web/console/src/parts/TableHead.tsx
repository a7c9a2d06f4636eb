interface Column {
  label: string;
  /** Numbers stand at the right. */
  number?: boolean;
  /** Said only to those who hear the page: what the buttons of a column do. */
  hidden?: boolean;
}

/** The head of a table; a column that is only a word is written as one. */
export function TableHead({ columns }: { columns: readonly (string | Column)[] }) {
  return (
    <thead>
      <tr>
        {columns.map((column) => {
          const { label, number, hidden } = typeof column === "string" ? { label: column } : column;
          return (
            <th key={label} scope="col" className={number ? "number" : undefined}>
              {hidden ? <span className="hidden">{label}</span> : label}
            </th>
          );
        })}
      </tr>
    </thead>
  );
}

/** A column of numbers. */
export const number = (label: string): Column => ({ label, number: true });

/** A column of buttons and links, whose name is only heard. */
export const actions = (label: string): Column => ({ label, hidden: true });
