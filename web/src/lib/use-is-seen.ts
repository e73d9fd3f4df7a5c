import { useEffect, useState, type RefCallback } from "react";

const MARGIN = "300px";

/** Whether an element has come near the view yet. Once seen, it stays so. */
export function useIsSeen(): [boolean, RefCallback<Element>] {
  const [seen, setSeen] = useState(false);
  const [element, setElement] = useState<Element | null>(null);
  useEffect(() => {
    if (!element || seen) return undefined;
    const watch = new IntersectionObserver(
      (entries) => {
        if (entries.some((entry) => entry.isIntersecting)) setSeen(true);
      },
      { rootMargin: MARGIN },
    );
    watch.observe(element);
    return () => watch.disconnect();
  }, [element, seen]);
  return [seen, setElement];
}
