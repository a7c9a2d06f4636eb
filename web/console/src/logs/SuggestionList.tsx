import type { Suggestion } from "../language/suggest";

interface SuggestionListProps {
  id: string;
  items: readonly Suggestion[];
  active: number;
  take: (item: Suggestion) => void;
}

export function SuggestionList({ id, items, active, take }: SuggestionListProps) {
  return (
    <div className="suggestions" id={id} role="listbox" aria-label="Completions">
      {items.map((item, index) => (
        // biome-ignore lint/a11y/useKeyWithClickEvents: the input keeps the focus and handles the keys (ARIA combobox)
        <div
          key={`${item.kind} ${item.label}`}
          id={`${id}-${index}`}
          role="option"
          tabIndex={-1}
          aria-selected={index === active}
          className="suggestion"
          // The input must not lose the focus before the click arrives.
          onMouseDown={(event) => event.preventDefault()}
          onClick={() => take(item)}
        >
          <code data-kind={item.kind}>{item.label}</code>
          <span className="muted">{item.detail}</span>
        </div>
      ))}
      <div className="suggestions-foot muted">
        <kbd>↓</kbd> choose <kbd>Tab</kbd> complete <kbd>Enter</kbd> search
      </div>
    </div>
  );
}
