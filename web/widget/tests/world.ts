/** A world for the worker's tests: a clock that tests move, a hub in memory, sockets that can be cut. */
import { decode, encode } from '../src/protocol/base64url.ts';
import type { CreateChannel, Delivery, Envelope } from '../src/protocol/wire.ts';
import type { FromCustomer } from '../src/protocol/payload.ts';
import type { Entry, Update, View } from '../src/bridge/worker.ts';
import { initialStatus } from '../src/bridge/worker.ts';
import type { Ambient } from '../src/worker/ambient.ts';
import { Conversation } from '../src/worker/conversation.ts';
import type { Encryption } from '../src/worker/encryption.ts';
import { Hub } from '../src/worker/hub.ts';
import { MemoryStore, type Store } from '../src/worker/store.ts';
import { Device, capabilityHash } from './standin-e2ee.ts';

export const DESK = encode(new TextEncoder().encode('desk key of the tests, 32 octets'));

/** Time stands still until a test moves it. */
export class Clock implements Ambient {
  time = 1_800_000_000_000;
  #timers = new Map<number, { at: number; then: () => void }>();
  #count = 0;

  now = (): number => this.time;
  chance = (): number => 0.5;

  random = (octets: number): Uint8Array<ArrayBuffer> => {
    this.#count += 1;
    const bytes = new Uint8Array(octets);
    new DataView(bytes.buffer).setUint32(0, this.#count);
    return bytes;
  };

  after = (milliseconds: number, then: () => void): (() => void) => {
    this.#count += 1;
    const number = this.#count;
    this.#timers.set(number, { at: this.time + milliseconds, then });
    return () => void this.#timers.delete(number);
  };

  /** Moves on, running what falls due, in order, each with time to settle. */
  async advance(milliseconds: number): Promise<void> {
    const until = this.time + milliseconds;
    for (;;) {
      await settled();
      const due = [...this.#timers].filter(([, { at }]) => at <= until).sort(([, a], [, b]) => a.at - b.at)[0];
      if (!due) break;
      this.#timers.delete(due[0]);
      this.time = Math.max(this.time, due[1].at);
      due[1].then();
    }
    this.time = until;
  }
}

/** Lets everything that is ready run. */
export async function settled(): Promise<void> {
  for (let turn = 0; turn < 40; turn += 1) await new Promise<void>((resolve) => setImmediate(resolve));
}

type Refusal = { code: string; status: number; retry_after?: number };

/** The hub and the desk behind it. */
export class FakeHub {
  channel: CreateChannel | null = null;
  readonly deliveries: Delivery[] = [];
  readonly calls: string[] = [];
  readonly sockets: FakeSocket[] = [];
  /** Answers to give to HTTP calls before real ones; null is no answer at all. */
  refusals: (Refusal | null)[] = [];
  /** Answers to give to posts over the socket before real ones. */
  postRefusals: Refusal[] = [];
  /** Ids of the envelopes that were refused. */
  readonly refused: string[] = [];
  down = false;
  silent = false;
  /** The answer to the next call on this path gets lost, after it was dealt with. */
  losesAnswerTo: string | null = null;
  socketsFail = false;
  keyPackage = DESK;
  /** What was in the store when each envelope came. */
  onPost: (envelope: Envelope) => void = () => undefined;

  readonly fetch = async (input: RequestInfo | URL, init?: RequestInit): Promise<Response> => {
    const url = new URL(String(input));
    const response = await this.#answer(url, init);
    if (url.pathname !== this.losesAnswerTo) return response;
    this.losesAnswerTo = null;
    throw new TypeError('failed to fetch');
  };

  async #answer(url: URL, init?: RequestInit): Promise<Response> {
    this.calls.push(`${init?.method ?? 'GET'} ${url.pathname}`);
    await Promise.resolve();
    const refusal = this.refusals.shift();
    if (this.down || refusal === null) throw new TypeError('failed to fetch');
    if (refusal) return json(refusal.status, refusal);
    const body: unknown = typeof init?.body === 'string' ? JSON.parse(init.body) : undefined;
    if (url.pathname.endsWith('/claim')) return json(200, { key_package: encode(new TextEncoder().encode(this.keyPackage)), last_resort: false });
    if (url.pathname === '/v1/channels') {
      if (this.channel) return json(409, { code: 'channel-exists', status: 409 });
      this.channel = body as CreateChannel;
      this.accept('device', this.channel.welcome);
      return json(201, { seq: 1, expires_at: 0 });
    }
    if (!this.channel) return json(404, { code: 'no-channel', status: 404 });
    if (init?.method === 'DELETE') {
      this.channel = null;
      return new Response(null, { status: 204 });
    }
    if (init?.method === 'POST') return json(201, this.accept('device', body as Envelope));
    const after = Number(url.searchParams.get('after'));
    const envelopes = this.deliveries.filter(({ seq }) => seq > after);
    if (!envelopes.length && url.searchParams.get('wait') !== '0') {
      await new Promise((_resolve, reject) => init?.signal?.addEventListener('abort', () => reject(new DOMException('aborted', 'AbortError'))));
    }
    return json(200, { envelopes, epoch: 1 });
  }

  readonly openSocket = (): WebSocket => {
    const socket = new FakeSocket(this);
    this.sockets.push(socket);
    return socket as unknown as WebSocket;
  };

  accept(author: 'device' | 'desk', envelope: Envelope): { id: string; seq: number } {
    const known = this.deliveries.find((other) => other.id === envelope.id);
    if (known) return { id: known.id, seq: known.seq };
    if (author === 'device') this.onPost(envelope);
    const delivery: Delivery = { ...envelope, seq: this.deliveries.length + 1, author };
    this.deliveries.push(delivery);
    for (const socket of this.sockets) socket.hear({ type: 'delivery', ...delivery });
    return { id: delivery.id, seq: delivery.seq };
  }

  /** The desk says something. */
  say(payload: Record<string, unknown>): void {
    const body = encode(new TextEncoder().encode(JSON.stringify({ ...payload, nonce: this.deliveries.length })));
    this.accept('desk', { id: `desk-${this.deliveries.length}`, kind: 'message', epoch: 1, body });
  }

  /** What the desk has been told, in order. */
  heard(): FromCustomer[] {
    return this.deliveries
      .filter(({ author, kind }) => author === 'device' && kind === 'message')
      .map(({ body }) => (JSON.parse(new TextDecoder().decode(decode(body))) as { payload: FromCustomer }).payload);
  }

  /** Every connection is lost. */
  cut(): void {
    for (const socket of this.sockets) socket.drop();
  }
}

export class FakeSocket {
  onopen: (() => void) | null = null;
  onmessage: ((message: { data: string }) => void) | null = null;
  onclose: (() => void) | null = null;
  onerror: (() => void) | null = null;
  #open = false;

  constructor(private readonly hub: FakeHub) {
    setImmediate(() => (hub.down || hub.socketsFail ? this.onclose?.() : this.onopen?.()));
  }

  send(text: string): void {
    const frame = JSON.parse(text) as { type: string; after?: number; envelope?: Envelope };
    setImmediate(() => {
      if (this.hub.silent) return;
      if (frame.type === 'open') {
        if (!this.hub.channel) return this.say({ type: 'refused', problem: { code: 'no-channel', status: 404, title: '' } });
        this.#open = true;
        this.say({ type: 'opened', epoch: 1 });
        for (const delivery of this.hub.deliveries) if (delivery.seq > (frame.after ?? 0)) this.say({ type: 'delivery', ...delivery });
      } else if (frame.envelope) {
        const problem = this.hub.postRefusals.shift();
        if (problem) this.hub.refused.push(frame.envelope.id);
        if (problem) this.say({ type: 'refused', id: frame.envelope.id, problem });
        else this.say({ type: 'posted', ...this.hub.accept('device', frame.envelope) });
      }
    });
  }

  hear(frame: unknown): void {
    if (this.#open) this.say(frame);
  }

  say(frame: unknown): void {
    this.onmessage?.({ data: JSON.stringify(frame) });
  }

  drop(): void {
    this.#open = false;
    this.onclose?.();
  }

  close(): void {
    this.#open = false;
  }
}

export const standin: Encryption = {
  create: (channel, keyPackage, pinned, now) => Device.create(channel, keyPackage, pinned, now),
  load: (state) => Device.load(state),
  capabilityHash,
};

/** Memory that passes for a disk. */
export class LastingStore extends MemoryStore {
  override readonly lasting = true;
}

export interface Tested {
  conversation: Conversation;
  hub: FakeHub;
  clock: Clock;
  store: Store;
  /** What a tab that applies the updates would show. */
  shown: View;
  typed: string[];
}

/** A conversation in a world of its own, or with some parts of an earlier one, as after a reload. */
export function conversation(kept: { hub?: FakeHub; clock?: Clock; store?: Store } = {}): Tested {
  const { hub = new FakeHub(), clock = new Clock(), store = new LastingStore() } = kept;
  const shown: View = { status: initialStatus, entries: [] };
  const typed: string[] = [];
  const emit = (update: Update): void => {
    if (update.type === 'view') Object.assign(shown, structuredClone(update.view));
    if (update.type === 'status') shown.status = structuredClone(update.status);
    if (update.type === 'typing') typed.push(update.speaker);
    if (update.type === 'entry') put(shown.entries, structuredClone(update.entry));
  };
  const parts = { name: 'a name', desks: [DESK], hub: new Hub('http://hub.test', hub.fetch), store, ambient: clock, encryption: Promise.resolve(standin), emit, openSocket: hub.openSocket };
  return { conversation: new Conversation(parts), hub, clock, store, shown, typed };
}

function put(entries: Entry[], entry: Entry): void {
  const place = entries.findIndex((other) => other.id === entry.id && other.type === entry.type);
  if (place >= 0) entries[place] = entry;
  else entries.push(entry);
}

export const BEGIN = {
  type: 'begin',
  consents: { assistant: true, improve: false },
  language: 'en',
  notice: 'en-1',
  identity: null,
} as const;

/** Begun, with the line up and the greeting posted. */
export async function begun(): Promise<Tested> {
  const tested = conversation();
  await tested.conversation.resume();
  await tested.conversation.run(BEGIN);
  await settled();
  return tested;
}

function json(status: number, body: unknown): Response {
  return new Response(JSON.stringify(body), { status, headers: { 'content-type': 'application/json' } });
}
