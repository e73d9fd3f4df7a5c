import type { UseInfiniteQueryResult } from "@tanstack/react-query";

import { formatCount } from "@/lib/format";

/** How many were found, as far as they are here: the protocol tells no number of all. */
export function countOf(query: UseInfiniteQueryResult, here: number, noun: string): string {
  if (!query.isSuccess) return "";
  const count = formatCount(here, noun);
  return query.hasNextPage ? `More than ${count}` : count;
}
