import { useLayoutEffect, useRef, useState } from "react";

/** Whether an element of bounded height cannot show all that is in it, and the ref that says which. What was found stays
 * while the bound is off. */
export function useIsCut<T extends HTMLElement>(isBounded: boolean) {
  const ref = useRef<T>(null);
  const [isCut, setCut] = useState(false);
  useLayoutEffect(() => {
    const host = ref.current;
    if (!host || !isBounded) return undefined;
    const watch = new ResizeObserver(() => setCut(host.scrollHeight > host.clientHeight));
    watch.observe(host);
    return () => watch.disconnect();
  }, [isBounded]);
  return [ref, isCut] as const;
}
