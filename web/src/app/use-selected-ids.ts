import { useLocation, useNavigate } from "@tanstack/react-router";
import { useCallback, useMemo } from "react";

const PREFIX = "sel=";

/** The ids of the selected runs. They stand behind the `#` of the address, which may be long and is not sent. */
export function useSelectedIds(): [readonly string[], (ids: readonly string[]) => void] {
  const hash = useLocation({ select: (location) => location.hash });
  const navigate = useNavigate();
  const ids = useMemo(
    () => (hash.startsWith(PREFIX) ? hash.slice(PREFIX.length).split(",").filter(Boolean) : []),
    [hash],
  );
  const setIds = useCallback(
    (next: readonly string[]) => {
      void navigate({
        to: ".",
        search: true,
        hash: next.length > 0 ? PREFIX + next.join(",") : "",
        replace: true,
        hashScrollIntoView: false,
      });
    },
    [navigate],
  );
  return [ids, setIds];
}
