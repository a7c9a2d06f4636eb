import { useEffect, useRef } from "react";
import { useView } from "../view";

const PAGES: Record<string, string> = {
  o: "/",
  l: "/logs",
  t: "/traces",
  c: "/correlations",
  p: "/privacy",
};
/** How long after `g` the second key still counts. */
const SEQUENCE_MS = 1200;

export function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  return target.isContentEditable || ["INPUT", "TEXTAREA", "SELECT"].includes(target.tagName);
}

function focusSearch(selector: string): boolean {
  const box = document.querySelector<HTMLInputElement>(selector);
  box?.focus();
  box?.select();
  return box !== null;
}

/** To the first row in view; from there on the list itself walks. */
function enterList(): void {
  const rows = [...document.querySelectorAll<HTMLElement>("main [data-row]")];
  const top = document.querySelector("header")?.getBoundingClientRect().bottom ?? 0;
  const inView = rows
    .map((row) => ({ row, y: row.getBoundingClientRect().top }))
    .filter(({ y }) => y >= top)
    .sort((one, other) => one.y - other.y);
  inView[0]?.row.focus();
}

/** `g` and a letter go to a page, `/` to the search of the page, Ctrl-K to the jump box, `?` to help. */
export function useShortcuts(showHelp: () => void): void {
  const { go } = useView();
  const lastG = useRef(0);

  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if ((event.ctrlKey || event.metaKey) && event.key === "k") {
        if (focusSearch("[data-jump]")) event.preventDefault();
        return;
      }
      if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || isTyping(event.target))
        return;
      const page = event.timeStamp - lastG.current < SEQUENCE_MS ? PAGES[event.key] : undefined;
      lastG.current = event.key === "g" ? event.timeStamp : 0;
      if (page) go(page);
      else if (event.key === "?") showHelp();
      else if (event.key === "j" || event.key === "k") enterList();
      else if (event.key !== "/" || !(focusSearch("[data-main-search]") || focusSearch("[data-jump]")))
        return;
      event.preventDefault();
    };
    document.addEventListener("keydown", onKey);
    return () => document.removeEventListener("keydown", onKey);
  }, [go, showHelp]);
}
