import type { ModelVersion } from "@/types/wire";

/** A version in a few words, as `prices 2 @champion`. */
export function versionText({ name, version, aliases = [] }: ModelVersion): string {
  return [name, version, ...aliases.map((alias) => `@${alias}`)].join(" ");
}
