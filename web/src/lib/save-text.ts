/** Hands a text to the person as a file. */
export function saveText(name: string, text: string): void {
  const url = URL.createObjectURL(new Blob([text], { type: "text/plain" }));
  const link = document.createElement("a");
  link.href = url;
  link.download = name.replaceAll(/[/\\]/g, "-");
  link.click();
  // Not at once: the browser reads it after this.
  window.setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
