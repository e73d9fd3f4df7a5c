import { useLayoutEffect, useRef, useState } from "react";

/** The width of an element in pixels, and the ref that says which. */
export function useWidth(first: number) {
  const ref = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(first);
  useLayoutEffect(() => {
    const host = ref.current;
    if (!host) return undefined;
    const watch = new ResizeObserver(() => {
      if (host.clientWidth > 0) setWidth(host.clientWidth);
    });
    watch.observe(host);
    return () => watch.disconnect();
  }, []);
  return [ref, width] as const;
}
