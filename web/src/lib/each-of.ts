const AT_ONCE = 6;

/** Works on each of some things, a few at a time; answers those that are done, and the failure after which no more were begun. */
export async function eachOf<T>(
  items: readonly T[],
  work: (item: T) => Promise<unknown>,
): Promise<{ done: T[]; failure: Error | undefined }> {
  const waiting = items.values();
  const done: T[] = [];
  let failure: Error | undefined;
  const some = async () => {
    for (const item of waiting) {
      if (failure) return;
      try {
        await work(item);
        done.push(item);
      } catch (error) {
        failure = error instanceof Error ? error : new Error(String(error));
      }
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, some));
  return { done, failure };
}
