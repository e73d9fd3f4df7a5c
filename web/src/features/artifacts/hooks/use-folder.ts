import { useQuery } from "@tanstack/react-query";

import { folderQuery, type Owner } from "../api/artifacts";

const REFRESH_MS = 5_000;

/** What is in a folder of a run or a model; asked for again and again while files may still come. */
export function useFolder(owner: Owner, folder: string, isLive: boolean) {
  return useQuery({ ...folderQuery(owner, folder), refetchInterval: isLive ? REFRESH_MS : false });
}
