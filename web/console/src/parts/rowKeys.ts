import type { KeyboardEvent } from "react";

/** ↓ ↑ j k walk over the rows (`[data-row]`) of a list; put it on the list. */
export function walkRows(event: KeyboardEvent<HTMLElement>): void {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const step = { ArrowDown: 1, j: 1, ArrowUp: -1, k: -1 }[event.key];
  const target = event.target as HTMLElement;
  if (step === undefined || ["INPUT", "SELECT", "TEXTAREA"].includes(target.tagName)) return;
  const rows = [...event.currentTarget.querySelectorAll<HTMLElement>("[data-row]")].sort(byPlace);
  const current =
    target.closest("[data-row]") ?? target.closest("[data-testid]")?.querySelector("[data-row]") ?? null;
  const next = rows[rows.indexOf(current as HTMLElement) + step];
  if (!next) return;
  event.preventDefault();
  next.focus();
  next.scrollIntoView({ block: "nearest" });
}

// A virtual list reuses its elements, so their order in the document is not their order on the page.
function byPlace(one: HTMLElement, other: HTMLElement): number {
  return one.getBoundingClientRect().top - other.getBoundingClientRect().top;
}
