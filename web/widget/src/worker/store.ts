/**
 * Where conversations are kept: IndexedDB, sealed by AES-GCM under a key for each conversation that WebCrypto
 * generates as not extractable. The conversation's name is associated data, so a record moved to another name does
 * not open. Where the browser refuses storage, memory serves until the page is closed.
 */
import { fromOctets, toOctets, type Saved } from './saved.ts';

export type Loaded = { found: Saved } | { found: null; lost: boolean };

export interface Store {
  /** Whether what is saved outlives the page. */
  readonly lasting: boolean;
  /** `lost`: there was something, but it does not open any more. */
  load(name: string): Promise<Loaded>;
  /** Settles when it is on disk. */
  save(name: string, saved: Saved): Promise<void>;
  remove(name: string): Promise<void>;
}

interface Row {
  iv: Uint8Array<ArrayBuffer>;
  sealed: ArrayBuffer;
  touched: number;
}

const KEYS = 'keys';
const CONVERSATIONS = 'conversations';
/** What was not touched for so long is removed: the hub has not kept it so long either. */
const KEPT_MS = 90 * 24 * 3600 * 1000;

/** Opens the store; falls back to memory when the browser keeps nothing for this page. */
export async function openStore(now: () => number): Promise<Store> {
  try {
    const database = await openDatabase();
    await removeOld(database, now());
    return new SealedStore(database, now);
  } catch {
    return new MemoryStore();
  }
}

class SealedStore implements Store {
  readonly lasting = true;

  constructor(
    private readonly database: IDBDatabase,
    private readonly now: () => number,
  ) {}

  async load(name: string): Promise<Loaded> {
    const reading = this.database.transaction([KEYS, CONVERSATIONS]);
    const [key, row] = await Promise.all([
      answer<CryptoKey | undefined>(reading.objectStore(KEYS).get(name)),
      answer<Row | undefined>(reading.objectStore(CONVERSATIONS).get(name)),
    ]);
    if (!row) return { found: null, lost: false };
    if (!key) return { found: null, lost: true };
    try {
      return { found: fromOctets(new Uint8Array(await crypto.subtle.decrypt(parameters(row.iv, name), key, row.sealed))) };
    } catch {
      return { found: null, lost: true };
    }
  }

  async save(name: string, saved: Saved): Promise<void> {
    const key = await this.#key(name);
    const iv = crypto.getRandomValues(new Uint8Array(12));
    const row: Row = { iv, sealed: await crypto.subtle.encrypt(parameters(iv, name), key, toOctets(saved)), touched: this.now() };
    await this.#write((stores) => stores(CONVERSATIONS).put(row, name));
  }

  async remove(name: string): Promise<void> {
    await this.#write((stores) => {
      stores(CONVERSATIONS).delete(name);
      stores(KEYS).delete(name);
    });
  }

  async #key(name: string): Promise<CryptoKey> {
    const kept = await answer<CryptoKey | undefined>(this.database.transaction(KEYS).objectStore(KEYS).get(name));
    if (kept) return kept;
    const key = await crypto.subtle.generateKey({ name: 'AES-GCM', length: 256 }, false, ['encrypt', 'decrypt']);
    await this.#write((stores) => stores(KEYS).put(key, name));
    return key;
  }

  /** One transaction, done when it is on disk: MLS keys must not be used twice after a crash. */
  #write(change: (stores: (name: string) => IDBObjectStore) => void): Promise<void> {
    return new Promise((resolve, reject) => {
      const writing = this.database.transaction([KEYS, CONVERSATIONS], 'readwrite', { durability: 'strict' });
      writing.oncomplete = () => resolve();
      writing.onabort = writing.onerror = () => reject(writing.error ?? new Error('aborted'));
      change((name) => writing.objectStore(name));
    });
  }
}

export class MemoryStore implements Store {
  readonly lasting: boolean = false;
  readonly #rows = new Map<string, Uint8Array>();

  load(name: string): Promise<Loaded> {
    const row = this.#rows.get(name);
    return Promise.resolve(row ? { found: fromOctets(row) } : { found: null, lost: false });
  }

  save(name: string, saved: Saved): Promise<void> {
    this.#rows.set(name, toOctets(saved));
    return Promise.resolve();
  }

  remove(name: string): Promise<void> {
    this.#rows.delete(name);
    return Promise.resolve();
  }
}

function parameters(iv: Uint8Array<ArrayBuffer>, name: string): AesGcmParams {
  return { name: 'AES-GCM', iv, additionalData: new TextEncoder().encode(name) };
}

function openDatabase(): Promise<IDBDatabase> {
  const opening = indexedDB.open('sotto', 1);
  opening.onupgradeneeded = () => {
    opening.result.createObjectStore(KEYS);
    opening.result.createObjectStore(CONVERSATIONS);
  };
  return answer(opening);
}

async function removeOld(database: IDBDatabase, now: number): Promise<void> {
  const writing = database.transaction([KEYS, CONVERSATIONS], 'readwrite');
  const conversations = writing.objectStore(CONVERSATIONS);
  const [names, rows] = await Promise.all([answer(conversations.getAllKeys()), answer<Row[]>(conversations.getAll())]);
  names.forEach((name, place) => {
    if (now - (rows[place]?.touched ?? 0) <= KEPT_MS) return;
    conversations.delete(name);
    writing.objectStore(KEYS).delete(name);
  });
}

function answer<Result>(request: IDBRequest<Result>): Promise<Result> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error ?? new Error('refused'));
  });
}
