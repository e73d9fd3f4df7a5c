/** What the client wrote of the git repository that a run's program was in. */
import { fieldsOf, listAt, numberAt, textAt, textsAt } from "@/lib/fields";

export interface Code {
  commit: string | undefined;
  branch: string | undefined;
  remote: string | undefined;
  isDirty: boolean;
  hasPatch: boolean;
  /** Source files that git did not track and that were kept. */
  untracked: string[];
  leftOut: { path: string; reason: string }[];
  /** How many files are left out, listed or not. */
  leftOutCount: number;
  /** What is told of the whole: why there is no patch. */
  notes: string[];
  /** How many secrets were replaced. */
  redacted: number;
}

/** How an entry without a path says how many files are not listed. */
const MORE = /^(\d+) more files$/;

export function readCode(text: string): Code {
  const all = fieldsOf(JSON.parse(text));
  const told = listAt(all, "left_out")
    .map(fieldsOf)
    .map((each) => ({ path: textAt(each, "path") ?? "", reason: textAt(each, "reason") ?? "" }));
  const leftOut = told.filter((each) => each.path !== "");
  const ofAll = told.filter((each) => each.path === "" && each.reason !== "").map((each) => each.reason);
  const unlisted = ofAll.map((reason) => Number(MORE.exec(reason)?.[1] ?? 0));
  return {
    commit: textAt(all, "commit"),
    branch: textAt(all, "branch"),
    remote: textAt(all, "remote"),
    isDirty: all["dirty"] === true,
    hasPatch: all["patch"] === true,
    untracked: textsAt(all, "untracked"),
    leftOut,
    leftOutCount: unlisted.reduce((sum, count) => sum + count, leftOut.length),
    notes: ofAll.filter((reason) => !MORE.test(reason)),
    redacted: numberAt(all, "redacted") ?? 0,
  };
}

/** Path of a commit below a repository's page, by host. Where the form is not known there is no link. */
const COMMIT_PATHS: readonly [RegExp, string][] = [
  [/^(github\.com|github\..+|codeberg\.org|gitea\.com|git\.sr\.ht)$/, "commit"],
  [/^(gitlab\.com|gitlab\..+)$/, "-/commit"],
  [/^bitbucket\.org$/, "commits"],
];

/** `git@host:owner/name.git`, `ssh://git@host:22/owner/name.git`, `https://host/owner/name.git`. */
const REMOTE =
  /^(?:https?:\/\/|ssh:\/\/)?(?:[^@/\s]+@)?([a-z0-9.-]+)(?::\d+(?=\/))?[:/]([\w.~/-]+?)(?:\.git)?\/?$/i;

/** Address of a repository's page; `undefined` where the host is none that is known to have one. */
export function webAddress(remote: string): string | undefined {
  const [, host = "", path = ""] = REMOTE.exec(remote.trim()) ?? [];
  const name = host.toLowerCase();
  if (path === "" || path.split("/").includes("..") || !commitPath(name)) return undefined;
  return `https://${name}/${path.replace(/^\/+/, "")}`;
}

/** Address of a commit's page. */
export function commitAddress(remote: string, commit: string): string | undefined {
  const page = webAddress(remote);
  const path = page && commitPath(new URL(page).hostname);
  return page && path && /^[0-9a-f]{7,64}$/.test(commit) ? `${page}/${path}/${commit}` : undefined;
}

function commitPath(host: string): string | undefined {
  return COMMIT_PATHS.find(([pattern]) => pattern.test(host))?.[1];
}
