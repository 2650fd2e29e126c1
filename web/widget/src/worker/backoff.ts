/** How long to wait before the next try: exponential with full jitter, or what the hub asked for. */

const FIRST_MS = 500;
const MOST_MS = 30_000;
const ASKED_MOST_MS = 15 * 60_000;

/**
 * Milliseconds before try number `failures` + 1. What the hub asks for (seconds) is kept, with up to a fifth more so
 * that devices do not return all at once.
 */
export function delay(failures: number, askedSeconds: number | null, chance: number): number {
  if (askedSeconds !== null) return Math.min(askedSeconds * 1000 * (1 + chance / 5), ASKED_MOST_MS);
  const ceiling = Math.min(MOST_MS, FIRST_MS * 2 ** Math.min(failures, 10));
  return Math.max(100, chance * ceiling);
}
