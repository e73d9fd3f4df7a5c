import { useLocation, useNavigate } from "@tanstack/react-router";
import { useCallback, useMemo } from "react";

/** The ids of what is selected, by the name of their table. They stand behind the `#` of the address, which may be long and
 * is not sent: `#sel=…&msel=…`. */
export function useSelectedIds(name: "sel" | "msel"): [readonly string[], (ids: readonly string[]) => void] {
  const hash = useLocation({ select: (location) => location.hash });
  const navigate = useNavigate();
  const ids = useMemo(
    () => new URLSearchParams(hash).get(name)?.split(",").filter(Boolean) ?? [],
    [hash, name],
  );
  const setIds = useCallback(
    (next: readonly string[]) => {
      const all = new URLSearchParams(hash);
      if (next.length > 0) all.set(name, next.join(","));
      else all.delete(name);
      void navigate({
        to: ".",
        search: true,
        hash: all.toString().replaceAll("%2C", ","),
        replace: true,
        hashScrollIntoView: false,
      });
    },
    [hash, name, navigate],
  );
  return [ids, setIds];
}
