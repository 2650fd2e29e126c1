/**
 * A customer who signs in takes along what they have just written: the conversation of this browser's nobody becomes
 * the person's. Only one that was used within the hour, only when the person has none, and only when no other tab
 * shows it: somebody else may have written an older one on a shared device.
 */
import type { Store } from './store.ts';

const SITTING_MS = 60 * 60_000;

/** Whether the conversation under `from` is now under `to`. The caller holds the lock of both. */
export async function adopt(store: Store, from: string, to: string, now: number): Promise<boolean> {
  const own = await store.load(to);
  if (own.found) return false;
  const { found } = await store.load(from);
  if (!found || !found.entries.some(({ at }) => now - at < SITTING_MS)) return false;
  await store.save(to, found);
  await store.remove(from);
  return true;
}
