import { useEffect, useEffectEvent } from "react";

/** Calls `act` on Ctrl (or Cmd) with `key`, wherever the focus is. */
export function useShortcut(key: string, act: () => void): void {
  const onPress = useEffectEvent(act);
  useEffect(() => {
    const listen = (event: KeyboardEvent) => {
      if (
        (event.ctrlKey || event.metaKey) &&
        !event.shiftKey &&
        !event.altKey &&
        event.key.toLowerCase() === key
      ) {
        event.preventDefault();
        onPress();
      }
    };
    window.addEventListener("keydown", listen);
    return () => window.removeEventListener("keydown", listen);
  }, [key]);
}
