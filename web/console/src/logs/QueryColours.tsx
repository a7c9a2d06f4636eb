import { type ReactNode, useMemo } from "react";
import { tokens } from "../language/tokens";

interface QueryColoursProps {
  text: string;
  errorAt: number | undefined;
  /** How far the input over it is scrolled, in pixels. */
  scroll: number;
}

/** The query in colours, under the (transparent) text of the input itself. */
export function QueryColours({ text, errorAt, scroll }: QueryColoursProps) {
  const pieces = useMemo(() => coloured(text), [text]);
  return (
    <div className="query-colours" aria-hidden="true">
      <div style={{ transform: `translateX(${-scroll}px)` }}>
        {pieces}
        {errorAt !== undefined && (
          <span
            className="query-error-mark"
            style={{ left: `${Math.min(errorAt, Math.max(text.length - 1, 0))}ch` }}
          />
        )}
      </div>
    </div>
  );
}

function coloured(text: string): ReactNode[] {
  const pieces: ReactNode[] = [];
  let at = 0;
  for (const token of tokens(text)) {
    if (token.start > at) pieces.push(text.slice(at, token.start));
    const valueStart = token.valueStart;
    if (valueStart === undefined) {
      pieces.push(
        <span key={token.start} data-token={token.kind}>
          {token.text}
        </span>,
      );
    } else {
      pieces.push(
        <span key={token.start} data-token="field">
          {text.slice(token.start, valueStart)}
        </span>,
        <span key={valueStart + 0.5} data-token="value">
          {text.slice(valueStart, token.end)}
        </span>,
      );
    }
    at = token.end;
  }
  pieces.push(text.slice(at));
  return pieces;
}
