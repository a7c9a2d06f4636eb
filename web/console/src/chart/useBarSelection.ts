import { type KeyboardEvent, type PointerEvent, type RefObject, useRef, useState } from "react";

interface BarSelectionOptions {
  count: number;
  drawing: RefObject<SVGSVGElement | null>;
  choose: (first: number, last: number) => void;
  widen: () => void;
}

/** Which bars are marked, by pointer or by keyboard. A click is a drag over one bar. */
export function useBarSelection({ count, drawing, choose, widen }: BarSelectionOptions) {
  const [at, setAt] = useState<number | null>(null);
  const [anchor, setAnchor] = useState<number | null>(null);
  const dragging = useRef(false);
  const range = anchor === null || at === null ? null : ordered(anchor, at);

  const barAt = (event: PointerEvent) => {
    const box = drawing.current?.getBoundingClientRect();
    if (!box || box.width === 0) return 0;
    return clamp(Math.floor(((event.clientX - box.left) / box.width) * count), count);
  };
  const finish = () => {
    if (range) choose(range[0], range[1]);
    else if (at !== null) choose(at, at);
    setAnchor(null);
  };
  const move = (step: number, extending: boolean) => {
    const next = clamp((at ?? count) + step, count);
    setAnchor(extending ? (anchor ?? at ?? next) : null);
    setAt(next);
  };

  const handlers = {
    onPointerDown: (event: PointerEvent<SVGSVGElement>) => {
      if (event.button !== 0) return;
      event.currentTarget.setPointerCapture(event.pointerId);
      dragging.current = true;
      setAt(barAt(event));
      setAnchor(barAt(event));
    },
    onPointerMove: (event: PointerEvent) => setAt(barAt(event)),
    onPointerUp: () => {
      if (dragging.current) finish();
      dragging.current = false;
    },
    onPointerCancel: () => {
      dragging.current = false;
      setAnchor(null);
    },
    onPointerLeave: () => {
      if (!dragging.current) setAt(null);
    },
    onBlur: () => {
      setAt(null);
      setAnchor(null);
    },
    onKeyDown: (event: KeyboardEvent) => {
      if (event.key === "ArrowLeft") move(-1, event.shiftKey);
      else if (event.key === "ArrowRight") move(at === null ? -count : 1, event.shiftKey);
      else if (event.key === "Home") move(-count, event.shiftKey);
      else if (event.key === "End") move(count, event.shiftKey);
      else if (event.key === "Enter") finish();
      else if (event.key === "-") widen();
      else if (event.key === "Escape") setAnchor(null);
      else return;
      event.preventDefault();
    },
  };
  return { at, range, handlers };
}

const clamp = (index: number, count: number) => Math.min(Math.max(index, 0), count - 1);

function ordered(one: number, other: number): [number, number] {
  return one <= other ? [one, other] : [other, one];
}
