/** Dark or light: what the person chose, else what the system says. */
import { useSyncExternalStore } from "react";

import { keepPreference, readPreference } from "./preferences";

export type ThemeChoice = "system" | "light" | "dark";
export type Theme = "light" | "dark";

const system = window.matchMedia("(prefers-color-scheme: dark)");
const listeners = new Set<() => void>();

function kept(): ThemeChoice {
  const choice = readPreference("theme");
  return choice === "light" || choice === "dark" ? choice : "system";
}

let choice = kept();

function current(): Theme {
  if (choice !== "system") return choice;
  return system.matches ? "dark" : "light";
}

function apply(): void {
  document.documentElement.dataset["theme"] = current();
  for (const tell of listeners) tell();
}

function subscribe(tell: () => void): () => void {
  listeners.add(tell);
  return () => listeners.delete(tell);
}

/** Puts the theme on the page and follows the system when it changes. Called once, before the first draw. */
export function startTheme(): void {
  system.addEventListener("change", apply);
  apply();
}

export function chooseTheme(next: ThemeChoice): void {
  choice = next;
  keepPreference("theme", next === "system" ? undefined : next);
  apply();
}

export function useTheme(): Theme {
  return useSyncExternalStore(subscribe, current);
}

export function useThemeChoice(): ThemeChoice {
  return useSyncExternalStore(subscribe, () => choice);
}
