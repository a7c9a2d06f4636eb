import { type ReactNode, useEffect, useRef } from "react";

interface TriggerProperties {
  "aria-expanded": boolean;
  "aria-haspopup": "dialog";
  onClick: () => void;
}

interface PopoverProps {
  open: boolean;
  setOpen: (open: boolean) => void;
  align?: "start" | "end";
  /** What the panel is, said to those who hear the page. */
  label: string;
  trigger: (properties: TriggerProperties) => ReactNode;
  children: ReactNode;
}

/** A panel under its button; Escape, a choice and going elsewhere close it, and focus goes back to the button. */
export function Popover({ open, setOpen, align = "start", label, trigger, children }: PopoverProps) {
  const box = useRef<HTMLDivElement>(null);
  const wasOpen = useRef(false);
  useEffect(() => {
    // What had the focus went with the panel: the keyboard would begin at the top of the page again.
    if (wasOpen.current && !open && document.activeElement === document.body) {
      box.current?.querySelector<HTMLElement>("[aria-haspopup]")?.focus();
    }
    wasOpen.current = open;
  }, [open]);
  useEffect(() => {
    if (!open) return;
    const onElsewhere = (event: Event) => {
      if (!box.current?.contains(event.target as Node)) setOpen(false);
    };
    const onKey = (event: KeyboardEvent) => {
      if (event.key !== "Escape") return;
      event.stopPropagation();
      setOpen(false);
      box.current?.querySelector<HTMLElement>("[aria-haspopup]")?.focus();
    };
    document.addEventListener("pointerdown", onElsewhere);
    document.addEventListener("focusin", onElsewhere);
    document.addEventListener("keydown", onKey, true);
    return () => {
      document.removeEventListener("pointerdown", onElsewhere);
      document.removeEventListener("focusin", onElsewhere);
      document.removeEventListener("keydown", onKey, true);
    };
  }, [open, setOpen]);

  return (
    <div className="popover-anchor" ref={box}>
      {trigger({ "aria-expanded": open, "aria-haspopup": "dialog", onClick: () => setOpen(!open) })}
      {open && (
        <div className="popover" data-align={align} role="dialog" aria-label={label}>
          {children}
        </div>
      )}
    </div>
  );
}
