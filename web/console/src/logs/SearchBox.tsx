import { useEffect, useId, useMemo, useRef, useState } from "react";
import { useFields } from "../api/queries";
import { type Suggestion, suggest } from "../language/suggest";
import { Icon } from "../parts/Icon";
import { useView } from "../view";
import { QueryColours } from "./QueryColours";
import { SearchHelp } from "./SearchHelp";
import { SuggestionList } from "./SuggestionList";

interface SearchBoxProps {
  query: string;
  search: (query: string) => void;
  errorAt?: number | undefined;
}

/** The query, with completion: ↓ goes into the list, Tab takes the first, Enter searches. */
export function SearchBox({ query, search, errorAt }: SearchBoxProps) {
  const view = useView();
  const input = useRef<HTMLInputElement>(null);
  const listId = useId();
  const [text, setText] = useState(query);
  const [caret, setCaret] = useState(query.length);
  const [open, setOpen] = useState(false);
  const [active, setActive] = useState(-1);
  const [scroll, setScroll] = useState(0);
  const fields = useFields({ tenant: view.tenant, ...view.range });
  useEffect(() => setText(query), [query]);

  const suggestions = useMemo(
    () => suggest(text, caret, fields.data?.fields ?? []),
    [text, caret, fields.data],
  );
  const shown = open && suggestions.items.length > 0;

  const take = (item: Suggestion) => {
    if (item.kind === "correlation") return view.go(`/correlations/${encodeURIComponent(item.insert)}`);
    const next = text.slice(0, suggestions.start) + item.insert + text.slice(suggestions.end).trimStart();
    const position = suggestions.start + item.insert.length;
    setText(next);
    setCaret(position);
    setActive(-1);
    requestAnimationFrame(() => {
      input.current?.focus();
      input.current?.setSelectionRange(position, position);
    });
  };
  const submit = () => {
    setOpen(false);
    setActive(-1);
    search(text.trim());
  };

  const onKeyDown = (event: React.KeyboardEvent) => {
    const chosen = suggestions.items[active];
    const count = suggestions.items.length;
    if (event.key === "ArrowDown" && count > 0) {
      setOpen(true);
      setActive(shown ? (active + 1) % count : 0);
    } else if (event.key === "ArrowUp" && shown) setActive(active <= 0 ? count - 1 : active - 1);
    else if (event.key === "Tab" && shown && text !== "" && !event.shiftKey)
      take(chosen ?? (suggestions.items[0] as Suggestion));
    else if (event.key === "Enter" && shown && chosen) take(chosen);
    else if (event.key === "Enter") submit();
    else if (event.key === "Escape" && shown) setOpen(false);
    else if (event.key === "Escape") input.current?.blur();
    else return;
    event.preventDefault();
  };

  return (
    <search className="search">
      <div className="search-field" data-invalid={errorAt !== undefined}>
        <Icon name="search" />
        <div className="search-text">
          <QueryColours text={text} errorAt={text === query ? errorAt : undefined} scroll={scroll} />
          <input
            ref={input}
            data-main-search
            data-testid="log-search"
            type="text"
            role="combobox"
            aria-label="Search the logs"
            aria-expanded={shown}
            aria-controls={listId}
            aria-autocomplete="list"
            aria-activedescendant={shown && active >= 0 ? `${listId}-${active}` : undefined}
            aria-invalid={errorAt !== undefined}
            placeholder='level:error service:courses "exact words" duration_ms:>500'
            autoComplete="off"
            autoCapitalize="off"
            spellCheck={false}
            value={text}
            onChange={(event) => {
              setText(event.target.value);
              setCaret(event.target.selectionStart ?? event.target.value.length);
              setOpen(true);
              setActive(-1);
            }}
            onSelect={(event) => setCaret(event.currentTarget.selectionStart ?? 0)}
            onScroll={(event) => setScroll(event.currentTarget.scrollLeft)}
            onFocus={() => setOpen(true)}
            onBlur={() => setOpen(false)}
            onKeyDown={onKeyDown}
          />
        </div>
        {text !== "" && (
          <button
            type="button"
            className="icon-button"
            aria-label="Clear the search"
            onClick={() => {
              setText("");
              search("");
              input.current?.focus();
            }}
          >
            <Icon name="close" />
          </button>
        )}
        <SearchHelp use={search} />
      </div>
      {shown && <SuggestionList id={listId} items={suggestions.items} active={active} take={take} />}
    </search>
  );
}
