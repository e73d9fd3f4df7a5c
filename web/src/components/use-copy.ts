import { copyText } from "@/lib/clipboard";

import { useToast } from "./toasts";

/** Puts text on the clipboard and says so, or that it did not work. */
export function useCopy(): (text: string, done?: string) => void {
  const toast = useToast();
  return (text, done = "Copied") =>
    void copyText(text).then((isThere) =>
      toast({ text: isThere ? done : "The browser does not let this page use the clipboard" }),
    );
}
