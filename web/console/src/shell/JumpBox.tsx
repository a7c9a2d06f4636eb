import { useState } from "react";
import { looksLikeId } from "../language/identifier";
import { Icon } from "../parts/Icon";
import { useView } from "../view";

/** From anywhere: an id goes to its correlation (at once when pasted), words go to the logs. */
export function JumpBox() {
  const view = useView();
  const [text, setText] = useState("");

  const jump = (typed: string) => {
    const wanted = typed.trim();
    if (!wanted) return;
    setText("");
    if (looksLikeId(wanted)) view.go(`/correlations/${encodeURIComponent(wanted)}`);
    else view.go("/logs", { query: wanted });
  };

  return (
    <search className="jump">
      <Icon name="search" />
      <input
        data-jump
        data-testid="jump-box"
        type="text"
        value={text}
        placeholder="Paste an id, or search logs"
        aria-label="Go to a correlation, trace or request id, or search the logs"
        autoComplete="off"
        spellCheck={false}
        onChange={(event) => setText(event.target.value)}
        onPaste={(event) => {
          const pasted = event.clipboardData.getData("text");
          if (text !== "" || !looksLikeId(pasted)) return;
          event.preventDefault();
          event.currentTarget.blur();
          jump(pasted);
        }}
        onKeyDown={(event) => {
          if (event.key === "Enter") {
            event.currentTarget.blur();
            jump(text);
          } else if (event.key === "Escape") event.currentTarget.blur();
        }}
      />
      <kbd>/</kbd>
    </search>
  );
}
