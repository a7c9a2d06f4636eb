import { useIsFetching } from "@tanstack/react-query";

/** A thin line under the header while anything is being read; CSS holds it back for the first 200 ms. */
export function Progress() {
  const busy = useIsFetching() > 0;
  return (
    <div className="progress" data-busy={busy} role="progressbar" aria-label="Reading" aria-hidden={!busy} />
  );
}
