/** Tags that clients write for themselves. */
export function isSystemTag(key: string): boolean {
  return key.startsWith("mlflow.") || key.startsWith("runstone.");
}
