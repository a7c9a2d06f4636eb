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
  trigger: (properties: TriggerProperties) => ReactNode;
  children: ReactNode;
}

/** A panel under its button; Escape and a click elsewhere close it, and focus goes back to the button. */
export function Popover({ open, setOpen, align = "start", trigger, children }: PopoverProps) {
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (!open) return;
    const onPointer = (event: PointerEvent) => {
      if (!box.current?.contains(event.target as Node)) setOpen(false);
    };
    const onKey = (event: KeyboardEvent) => {
      if (event.key !== "Escape") return;
      event.stopPropagation();
      setOpen(false);
      box.current?.querySelector<HTMLElement>("[aria-haspopup]")?.focus();
    };
    document.addEventListener("pointerdown", onPointer);
    document.addEventListener("keydown", onKey, true);
    return () => {
      document.removeEventListener("pointerdown", onPointer);
      document.removeEventListener("keydown", onKey, true);
    };
  }, [open, setOpen]);

  return (
    <div className="popover-anchor" ref={box}>
      {trigger({ "aria-expanded": open, "aria-haspopup": "dialog", onClick: () => setOpen(!open) })}
      {open && (
        <div className="popover" data-align={align} role="dialog">
          {children}
        </div>
      )}
    </div>
  );
}
