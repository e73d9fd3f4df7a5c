import { notifyManager, useQueryClient, type Query, type QueryCache } from "@tanstack/react-query";
import { useCallback, useSyncExternalStore } from "react";

import { ErrorNotice } from "@/components/error-notice";

import styles from "./frame.module.css";

/** Whether a part of the page shows an older answer, as a later one failed. Where a further page failed, its table says so. */
const isStale = ({ state }: Query): boolean =>
  state.status === "error" && state.data !== undefined && !state.fetchMeta?.fetchMore;

function failureIn(cache: QueryCache): Error | undefined {
  return cache.findAll({ type: "active", predicate: isStale })[0]?.state.error ?? undefined;
}

/** Says that the page may be out of date while asking again fails; the parts of the page keep what they show. */
export function StaleNotice() {
  const client = useQueryClient();
  const cache = client.getQueryCache();
  const failure = useSyncExternalStore(
    useCallback((tell) => cache.subscribe(notifyManager.batchCalls(tell)), [cache]),
    () => failureIn(cache),
  );
  return (
    failure && (
      <div className={styles["stale"]}>
        <ErrorNotice
          what="What is shown may be out of date"
          error={failure}
          onRetry={() => void client.refetchQueries({ type: "active", predicate: isStale })}
        />
      </div>
    )
  );
}
