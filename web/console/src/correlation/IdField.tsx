import { useState } from "react";
import { useView } from "../view";

/** Goes to whatever bears an id. */
export function IdField() {
  const view = useView();
  const [text, setText] = useState("");
  const id = text.trim();
  return (
    <form
      className="id-field"
      onSubmit={(event) => {
        event.preventDefault();
        if (id) view.go(`/correlations/${encodeURIComponent(id)}`);
      }}
    >
      <input
        className="input"
        data-main-search
        data-testid="correlation-search"
        aria-label="Correlation, trace or request id"
        placeholder="Correlation, trace or request id"
        autoComplete="off"
        spellCheck={false}
        value={text}
        onChange={(event) => setText(event.target.value)}
      />
      <button type="submit" className="button primary" disabled={id === ""}>
        Open
      </button>
    </form>
  );
}
