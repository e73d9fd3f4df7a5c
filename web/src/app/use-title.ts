import { useEffect } from "react";

/** Names the tab after what the page shows. */
export function useTitle(title: string | undefined): void {
  useEffect(() => {
    document.title = title ? `${title} · Runstone` : "Runstone";
  }, [title]);
}
