/** The colour of a run follows from its id alone, so that it is the same on every page and every day. */

export const RUN_COLORS = 12;

/** FNV-1a over the id: well spread for ids that differ in one digit. */
export function runColorIndex(runId: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < runId.length; at += 1) {
    hash = Math.imul(hash ^ runId.charCodeAt(at), 0x01000193);
  }
  return ((hash ^ (hash >>> 15)) >>> 0) % RUN_COLORS;
}

/** Name of the CSS variable that holds the colour of a run. */
export function runColorName(runId: string): string {
  return `--run-${runColorIndex(runId)}`;
}

/** The colour as CSS, from the tokens of the theme. */
export function runColor(runId: string): string {
  return `var(${runColorName(runId)})`;
}
