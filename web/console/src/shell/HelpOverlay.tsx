import { useEffect, useRef } from "react";
import { Icon } from "../parts/Icon";

const GROUPS: [string, [string[], string][]][] = [
  [
    "Anywhere",
    [
      [["g", "o"], "Overview"],
      [["g", "l"], "Logs"],
      [["g", "t"], "Traces"],
      [["g", "c"], "Correlation"],
      [["g", "p"], "Privacy"],
      [["/"], "Search on this page"],
      [["Ctrl", "K"], "Go to an id"],
      [["?"], "This help"],
    ],
  ],
  [
    "Lists, timeline and waterfall",
    [
      [["j"], "Next row (or ↓)"],
      [["k"], "Previous row (or ↑)"],
      [["Enter"], "Open or close the row"],
      [["←"], "Fold a span"],
      [["→"], "Unfold a span"],
      [["Esc"], "Close what is open"],
    ],
  ],
  [
    "Histogram, when focused",
    [
      [["←"], "Move (or →)"],
      [["Shift", "→"], "Select a stretch of time"],
      [["Enter"], "Narrow to it"],
      [["−"], "Widen"],
    ],
  ],
];

export function HelpOverlay({ close }: { close: () => void }) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => dialog.current?.showModal(), []);
  return (
    <dialog ref={dialog} className="help" onClose={close} aria-labelledby="help-title" data-testid="help">
      <div className="help-head">
        <h2 id="help-title">Keyboard</h2>
        <button
          type="button"
          className="icon-button"
          aria-label="Close"
          onClick={() => dialog.current?.close()}
        >
          <Icon name="close" />
        </button>
      </div>
      <div className="help-groups">
        {GROUPS.map(([title, keys]) => (
          <section key={title}>
            <h3>{title}</h3>
            <dl>
              {keys.map(([combination, does]) => (
                <div key={does}>
                  <dt>
                    {combination.map((key) => (
                      <kbd key={key}>{key}</kbd>
                    ))}
                  </dt>
                  <dd>{does}</dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
    </dialog>
  );
}
