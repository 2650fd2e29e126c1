import 'fake-indexeddb/auto';
import { IDBFactory } from 'fake-indexeddb';
import { beforeEach, describe, expect, it } from 'vitest';
import { fromOctets, toOctets, type Saved } from './saved.ts';
import { openStore } from './store.ts';

const saved: Saved = {
  channel: 'c', read: 'r', write: 'w', desk: 'd', welcome: null, device: new Uint8Array([1, 2, 3]), after: 7,
  outbox: [{ entry: 'm', payload: '{}', sealed: null }],
  entries: [{ type: 'own', id: 'm', at: 5, text: 'my very secret words', mark: 'sending' }],
  holder: { who: 'assistant' }, consents: { assistant: true, improve: false }, language: 'en', notice: 'en-1',
};
const now = (): number => 1_800_000_000_000;

beforeEach(() => {
  globalThis.indexedDB = new IDBFactory();
});

async function rows(name: string): Promise<Record<string, unknown>[]> {
  const database = await new Promise<IDBDatabase>((resolve) => {
    const opening = indexedDB.open('sotto');
    opening.onsuccess = () => resolve(opening.result);
  });
  return new Promise((resolve) => {
    const reading = database.transaction(name).objectStore(name).getAll();
    reading.onsuccess = () => resolve(reading.result as Record<string, unknown>[]);
  });
}

async function change(work: (stores: (name: string) => IDBObjectStore) => void): Promise<void> {
  const database = await new Promise<IDBDatabase>((resolve) => {
    const opening = indexedDB.open('sotto');
    opening.onsuccess = () => resolve(opening.result);
  });
  await new Promise<void>((resolve) => {
    const writing = database.transaction(['keys', 'conversations'], 'readwrite');
    writing.oncomplete = () => resolve();
    work((name) => writing.objectStore(name));
  });
}

describe('the sealed store', () => {
  it('gives back what was saved, also when it is opened anew', async () => {
    await (await openStore(now)).save('a', saved);
    const store = await openStore(now);
    expect(store.lasting).toBe(true);
    expect(await store.load('a')).toEqual({ found: saved });
    expect(await store.load('b')).toEqual({ found: null, lost: false });
  });

  it('keeps nothing readable, and a key that cannot be taken out', async () => {
    await (await openStore(now)).save('a', saved);
    const [row] = await rows('conversations');
    expect(Object.keys(row ?? {}).sort()).toEqual(['iv', 'sealed', 'touched']);
    expect(new TextDecoder('latin1').decode(row?.['sealed'] as ArrayBuffer)).not.toContain('secret');
    const [key] = (await rows('keys')) as unknown as CryptoKey[];
    expect(key?.extractable).toBe(false);
    await expect(crypto.subtle.exportKey('raw', key as CryptoKey)).rejects.toThrow();
  });

  it('never seals twice with the same nonce', async () => {
    const store = await openStore(now);
    const seen = new Set<string>();
    for (let round = 0; round < 20; round += 1) {
      await store.save('a', saved);
      seen.add(String((await rows('conversations'))[0]?.['iv']));
    }
    expect(seen.size).toBe(20);
  });

  it('says lost, not none, when a row was changed, moved or is without its key', async () => {
    const store = await openStore(now);
    for (const spoil of [
      (stores: (name: string) => IDBObjectStore) => stores('keys').delete('a'),
      (stores: (name: string) => IDBObjectStore) => stores('conversations').put({ iv: new Uint8Array(12), sealed: new ArrayBuffer(64), touched: now() }, 'a'),
    ]) {
      await store.remove('a');
      await store.save('a', saved);
      await change(spoil);
      expect(await store.load('a')).toEqual({ found: null, lost: true });
    }
    await store.remove('a');
    await store.save('a', saved);
    const [row, key] = [(await rows('conversations'))[0], (await rows('keys'))[0]];
    await change((stores) => {
      stores('conversations').put(row, 'b');
      stores('keys').put(key, 'b');
    });
    expect(await store.load('b')).toEqual({ found: null, lost: true });
  });

  it('removes the key with the row', async () => {
    const store = await openStore(now);
    await store.save('a', saved);
    await store.remove('a');
    expect([await rows('conversations'), await rows('keys')]).toEqual([[], []]);
  });

  it('removes what was not touched for 90 days', async () => {
    await (await openStore(now)).save('a', saved);
    await openStore(() => now() + 89 * 86_400_000);
    expect(await rows('conversations')).toHaveLength(1);
    await openStore(() => now() + 91 * 86_400_000);
    expect([await rows('conversations'), await rows('keys')]).toEqual([[], []]);
  });

  it('makes way for memory where the browser keeps nothing', async () => {
    Object.defineProperty(globalThis, 'indexedDB', { configurable: true, writable: true, value: undefined });
    const store = await openStore(now);
    await store.save('a', saved);
    expect(store.lasting).toBe(false);
    expect(await store.load('a')).toEqual({ found: saved });
  });
});

describe('a saved conversation as octets', () => {
  it('reads back with and without encryption state', () => {
    for (const device of [null, new Uint8Array(0), new Uint8Array(30_000).fill(9)]) {
      expect(fromOctets(toOctets({ ...saved, device }))).toEqual({ ...saved, device });
    }
  });

  it('is refused when it is cut or of another version', () => {
    const octets = toOctets(saved);
    for (const length of [0, 3, 5, 40]) expect(() => fromOctets(octets.subarray(0, length))).toThrow();
    octets[0] = 9;
    expect(() => fromOctets(octets)).toThrow(RangeError);
  });
});
