/** Small habits of one person in one browser, such as a folded navigation. Never anything that a link should carry. */

const PREFIX = "runstone.";

export function readPreference(name: string): string | undefined {
  try {
    return window.localStorage.getItem(PREFIX + name) ?? undefined;
  } catch {
    return undefined;
  }
}

/** Keeps a preference; `undefined` forgets it. Where storage is closed to the page it lasts as long as the tab. */
export function keepPreference(name: string, value: string | undefined): void {
  try {
    if (value === undefined) window.localStorage.removeItem(PREFIX + name);
    else window.localStorage.setItem(PREFIX + name, value);
  } catch {
    // Nothing depends on it.
  }
}
