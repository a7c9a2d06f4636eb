import type { ReactNode } from "react";

interface EmptyStateProps {
  title: string;
  /** It is all there is on the page, so its title is the page's. */
  alone?: boolean;
  children?: ReactNode;
}

/** Nothing to show, and what to do about it. */
export function EmptyState({ title, alone = false, children }: EmptyStateProps) {
  return (
    <div className="empty" data-testid="empty-state">
      {alone ? <h1>{title}</h1> : <h2>{title}</h2>}
      {children}
    </div>
  );
}
