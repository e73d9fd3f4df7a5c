const TRIES = 2;

/** Whether to ask again: not after a clear answer such as "no such run", only where time may help. */
export function isWorthRetrying(failures: number, error: Error): boolean {
  const isTransient = "isTransient" in error ? Boolean(error.isTransient) : false;
  return isTransient && failures < TRIES;
}
