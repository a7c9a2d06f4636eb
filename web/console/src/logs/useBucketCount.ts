import { useState } from "react";

/** Bars of some nine pixels: few enough to hit on a telephone, many enough to see a spike. */
export function useBucketCount(): number {
  const [count] = useState(() => (window.innerWidth < 640 ? 40 : window.innerWidth < 1100 ? 72 : 110));
  return count;
}
