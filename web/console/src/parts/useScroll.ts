import { type RefObject, useEffect, useLayoutEffect, useState } from "react";

/** How far from the top of the page an element begins, for lists that scroll with the window. */
export function usePageOffset(element: RefObject<HTMLElement | null>, dependency: unknown): number {
  const [offset, setOffset] = useState(0);
  // biome-ignore lint/correctness/useExhaustiveDependencies: what stands above the list changes with `dependency`
  useLayoutEffect(() => {
    const measure = () => {
      const top = element.current?.getBoundingClientRect().top ?? 0;
      setOffset(Math.round(top + window.scrollY));
    };
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(document.body);
    return () => observer.disconnect();
  }, [element, dependency]);
  return offset;
}

/** Calls back when an element comes near the view: the end of a list that has more. */
export function useReached(element: RefObject<HTMLElement | null>, reached: () => void): void {
  useEffect(() => {
    const target = element.current;
    if (!target) return;
    const observer = new IntersectionObserver(
      (entries) => {
        if (entries.some((entry) => entry.isIntersecting)) reached();
      },
      { rootMargin: "600px" },
    );
    observer.observe(target);
    return () => observer.disconnect();
  }, [element, reached]);
}
