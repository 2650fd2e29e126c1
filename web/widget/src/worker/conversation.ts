/**
 * One conversation, as the one tab that owns it runs it.
 *
 * The way of a message: `#send` puts it into the outbox, which seals, stores and posts it (outbox.ts) over the line
 * (line.ts). What the hub delivers is opened in `#delivered`, in order.
 * Invariants: everything that changes the state runs in turn (`#turn`); MLS state is on disk before anything sealed
 * with it is posted.
 */
import { encode } from '../protocol/base64url.ts';
import { readFromDesk, type Consents, type FromCustomer, type FromDesk } from '../protocol/payload.ts';
import type { Delivery } from '../protocol/wire.ts';
import { asking } from '../bridge/card.ts';
import { initialStatus, type Command, type Entry, type LineCode, type Press, type Status, type Update, type View } from '../bridge/worker.ts';
import type { Ambient } from './ambient.ts';
import type { DeviceState, Encryption } from './encryption.ts';
import { heard, holderLine, mark, noticeLine, put } from './entries.ts';
import { establish } from './establish.ts';
import { HubError, type Hub } from './hub.ts';
import { Line } from './line.ts';
import { readOpened } from './opened.ts';
import { Outbox } from './outbox.ts';
import type { Saved } from './saved.ts';
import type { Store } from './store.ts';

export interface Parts {
  /** The conversation's name in the store. */
  name: string;
  /** The pinned desk keys. */
  desks: string[];
  hub: Hub;
  store: Store;
  ambient: Ambient;
  /** Settles when the encryption is loaded. */
  encryption: Promise<Encryption>;
  emit: (update: Update) => void;
  openSocket?: (url: string) => WebSocket;
}

/** What came in is stored at the latest after so long; a crash before only fetches it again. */
const STORE_SOON_MS = 150;
const STORE_AGAIN_SECONDS = 5;
const TYPING_MS = 4_000;

export class Conversation {
  #status: Status = { ...initialStatus };
  #entries: Entry[] = [];
  #saved: Saved | null = null;
  #device: DeviceState | null = null;
  #line: Line | null = null;
  #outbox: Outbox;
  #dirty = false;
  #cancelSoon: (() => void) | null = null;
  #wake: (() => void) | null = null;
  #typedAt = 0;
  /** Counts conversations begun here, so that late callbacks of an earlier one do nothing. */
  #life = 0;
  #queue: Promise<void> = Promise.resolve();

  constructor(private readonly parts: Parts) {
    this.#outbox = this.#newOutbox();
  }

  view(): View {
    return { status: this.#status, entries: this.#entries };
  }

  /** Takes up what is stored, or shows that there is nothing yet. */
  resume(): Promise<void> {
    return this.#turn(async () => {
      void this.parts.encryption.then(
        () => this.#show({ ready: true }),
        () => this.#show({ phase: 'unsupported' }),
      );
      const loaded = await this.parts.store.load(this.parts.name);
      if (!loaded.found) {
        if (loaded.lost) await this.#lose();
        return this.#show({ phase: this.#status.phase === 'unsupported' ? 'unsupported' : 'new' });
      }
      await this.#takeUp(loaded.found);
    });
  }

  run(command: Command): Promise<void> {
    return this.#turn(() => this.#run(command));
  }

  async #run(command: Command): Promise<void> {
    switch (command.type) {
      case 'begin':
        return this.#begin(command);
      case 'send':
        return this.#send({ type: 'own', id: command.id, at: this.parts.ambient.now(), text: command.text, mark: 'sending' });
      case 'want-person':
        return this.#send({ type: 'want-person', id: command.id, at: this.parts.ambient.now(), mark: 'sending' });
      case 'press':
        return this.#press(command.id, command.press);
      case 'again':
        return this.#again(command.id);
      case 'typing':
        return this.#typing();
      case 'consent':
        return this.#consent(command.consents);
      case 'greet':
        return this.#greet(command.language, command.identity);
      case 'wake':
        this.#wake?.();
        this.#line?.wake();
        return;
      case 'forget':
        return this.#forget();
    }
  }

  // ---- beginning and ending

  async #begin(command: Command & { type: 'begin' }): Promise<void> {
    if (this.#saved) return;
    const { ambient } = this.parts;
    const { notice, language, consents, identity } = command;
    this.#saved = {
      channel: encode(ambient.random(16)),
      read: encode(ambient.random(32)),
      write: encode(ambient.random(32)),
      desk: null,
      welcome: null,
      device: null,
      after: 0,
      outbox: [],
      entries: this.#entries,
      holder: { who: consents.assistant ? 'assistant' : 'waiting' },
      consents,
      language,
      notice,
    };
    this.#hello(this.#saved, identity);
    this.#show({ phase: 'open', consents, holder: this.#saved.holder });
    if (!this.parts.store.lasting) this.#say('not-kept');
    await this.#outbox.settle();
    void this.#establish();
  }

  /** Opens the channel with the desk in it, trying until it is done or refused; then the line. */
  async #establish(): Promise<void> {
    const life = this.#life;
    const saved = this.#saved;
    if (!saved) return;
    const outcome = await establish(saved, {
      ...this.parts,
      state: (state) => this.#life === life && this.#show({ connection: { state } }),
      stored: () => this.#turn(async () => void (await this.#store())),
      stopped: () => this.#life !== life,
      wakeable: (wake) => (this.#wake = wake),
    });
    await this.#turn(async () => {
      if (this.#life !== life) return;
      if (outcome === 'unpinned') {
        await this.#drop();
        return this.#show({ phase: 'refused', connection: { state: 'idle' } });
      }
      if (outcome === 'unsupported') return this.#show({ phase: 'unsupported' });
      if (outcome === 'stopped') return;
      this.#device = outcome;
      this.#show({ safetyNumber: outcome.safetyNumber() });
      this.#connect(saved);
    });
  }

  async #takeUp(saved: Saved): Promise<void> {
    this.#saved = saved;
    this.#entries = saved.entries;
    this.#show({ phase: 'open', holder: saved.holder, consents: saved.consents });
    this.parts.emit({ type: 'view', view: this.view() });
    if (!saved.device || saved.welcome) {
      void this.#establish();
      return;
    }
    let encryption: Encryption;
    try {
      encryption = await this.parts.encryption;
    } catch {
      return;
    }
    try {
      this.#device = encryption.load(saved.device);
      this.#show({ safetyNumber: this.#device.safetyNumber() });
    } catch {
      await this.#lose();
      return this.#show({ phase: 'new' });
    }
    this.#connect(saved);
  }

  #connect(saved: Saved): void {
    const life = this.#life;
    const mine = (task: () => void | Promise<void>): Promise<void> =>
      this.#turn(async () => (this.#life === life ? task() : undefined));
    const { hub, ambient, openSocket } = this.parts;
    const { channel, read, write } = saved;
    this.#line = new Line(
      hub,
      { channel, read, write },
      {
        state: (state) => {
          if (this.#life !== life) return;
          if (state !== 'online') this.#outbox.closed();
          this.#show({ connection: { state } });
        },
        opened: () => void mine(() => this.#outbox.opened()),
        delivered: (deliveries) => mine(() => this.#delivered(deliveries)),
        posted: (id) => void mine(() => this.#posted(id)),
        refused: (id, problem) => void mine(() => this.#outbox.refused(id, problem)),
        gone: () => void mine(() => this.#end()),
        after: () => saved.after,
      },
      ambient,
      openSocket,
    );
    void this.#line.run();
  }

  /** The hub does not know the channel any more, or the desk has put this device out. What was said stays in sight. */
  #end(): void {
    this.#line?.stop();
    this.#show({ phase: 'ended', connection: { state: 'idle' } });
  }

  /** The stored state does not open: it is removed, and a new conversation says so. */
  async #lose(): Promise<void> {
    await this.#drop();
    this.#say('state-lost');
    this.parts.emit({ type: 'view', view: this.view() });
  }

  /** The customer wants it gone: here at once, and at the hub, which is asked. */
  async #forget(): Promise<void> {
    const saved = this.#saved;
    await this.#drop();
    this.#status = { ...initialStatus, phase: 'new', ready: this.#status.ready };
    this.parts.emit({ type: 'view', view: this.view() });
    if (!saved || saved.device === null) return;
    try {
      await this.parts.hub.remove(saved.channel, saved.write);
    } catch (error) {
      if (!(error instanceof HubError)) throw error;
      this.#say('hub-not-asked');
    }
  }

  async #drop(): Promise<void> {
    this.#life += 1;
    this.#line?.stop();
    this.#wake?.();
    this.#cancelSoon?.();
    this.#cancelSoon = this.#line = this.#device = this.#saved = this.#wake = null;
    this.#dirty = false;
    this.#entries = [];
    this.#outbox = this.#newOutbox();
    await this.parts.store.remove(this.parts.name);
  }

  // ---- towards the desk

  async #send(entry: Entry & { type: 'own' | 'want-person' }): Promise<void> {
    if (this.#entries.some((other) => other.type === entry.type && other.id === entry.id)) return;
    this.#update(put(this.#entries, entry));
    this.#outbox.put(payloadOf(entry), entry.id);
    await this.#outbox.settle();
  }

  /** A card is answered once: the press stands after it, so the next one finds that it asks no more. */
  async #press(id: string, press: Press): Promise<void> {
    if (!this.#saved) return;
    const message = asking(this.#entries, this.#saved.holder);
    if (!message?.card || message.id !== press.card) return;
    const text = press.yes ? message.card.confirm : message.card.decline;
    await this.#send({ type: 'own', id, at: this.parts.ambient.now(), text, press, mark: 'sending' });
  }

  async #again(id: string): Promise<void> {
    const entry = this.#entries.find((other) => other.id === id && (other.type === 'own' || other.type === 'want-person'));
    if ((entry?.type !== 'own' && entry?.type !== 'want-person') || entry.mark !== 'failed') return;
    this.#update(mark(this.#entries, id, 'sending'));
    this.#outbox.put(payloadOf(entry), id);
    await this.#outbox.settle();
  }

  async #consent(consents: Consents): Promise<void> {
    if (!this.#saved) return;
    this.#saved.consents = consents;
    this.#show({ consents });
    this.#outbox.put({ kind: 'consent', consents }, null);
    await this.#outbox.settle();
  }

  /** Greets again: another language, or a person who has signed in since. */
  async #greet(language: string | null, identity: string | null): Promise<void> {
    const saved = this.#saved;
    if (!saved) return;
    saved.language = language ?? saved.language;
    this.#hello(saved, identity);
    await this.#outbox.settle();
  }

  #hello({ notice, language, consents }: Saved, identity: string | null): void {
    this.#outbox.put({ kind: 'hello', notice, language, consents, ...(identity === null ? {} : { identity }) }, null);
  }

  /** Tells a person at the other end, never the assistant, that the customer is writing. Nothing is kept of it. */
  async #typing(): Promise<void> {
    const now = this.parts.ambient.now();
    if (this.#saved?.holder.who !== 'agent' || now - this.#typedAt < TYPING_MS) return;
    this.#typedAt = now;
    await this.#outbox.fleeting({ kind: 'typing' });
  }

  #newOutbox(): Outbox {
    const life = this.#life;
    return new Outbox(
      {
        waiting: () => this.#saved?.outbox ?? [],
        device: () => this.#device,
        post: (envelope) => this.#line?.post(envelope),
        store: async () => !this.#dirty || this.#store(),
        changed: () => (this.#dirty = true),
        marked: (entry, next) => this.#update(mark(this.#entries, entry, next)),
        held: (held) => this.#show({ connection: { state: held ? 'busy' : this.#outbox.lineUp ? 'online' : 'connecting' } }),
        ended: () => this.#end(),
        inTurn: (task) => void this.#turn(async () => (this.#life === life ? task() : undefined)),
      },
      this.parts.ambient,
    );
  }

  // ---- from the desk

  async #posted(id: string): Promise<void> {
    await this.#outbox.posted(id);
    this.#storeSoon();
  }

  async #delivered(deliveries: Delivery[]): Promise<void> {
    const saved = this.#saved;
    if (!saved) return;
    for (const delivery of deliveries) {
      if (delivery.seq <= saved.after) continue;
      if (delivery.author === 'device') await this.#posted(delivery.id);
      else if (delivery.kind !== 'welcome') this.#open(delivery);
      saved.after = delivery.seq;
    }
    this.#storeSoon();
  }

  #open(delivery: Delivery): void {
    if (!this.#device) return;
    const opened = readOpened(this.#device, delivery, this.parts.ambient.now());
    switch (opened.type) {
      case 'message':
        this.#hear(readFromDesk(opened.payload));
        break;
      case 'commit':
        this.#show({ safetyNumber: this.#device.safetyNumber() });
        if (opened.membersChanged) this.#say('members-changed');
        if (opened.removed) this.#end();
        break;
      case 'unreadable':
        this.#say('unreadable');
        break;
      case 'nothing':
        break;
    }
  }

  #hear(payload: FromDesk): void {
    const saved = this.#saved;
    if (!saved) return;
    switch (payload.kind) {
      case 'received':
        return this.#update(mark(this.#entries, payload.id, 'delivered'));
      case 'piece':
      case 'text':
        return this.#update(heard(this.#entries, payload, saved.holder, this.parts.ambient.now()));
      case 'typing':
        return this.parts.emit({ type: 'typing', speaker: payload.speaker });
      case 'holder': {
        const line = holderLine(saved.holder, payload.holder);
        saved.holder = payload.holder;
        this.#show({ holder: payload.holder });
        if (line) this.#say(line.code, line.name);
        return;
      }
      case 'notice':
        return this.#say(noticeLine(payload.code));
      case 'unknown':
        return this.#say('unknown');
    }
  }

  // ---- showing and storing

  #show(change: Partial<Status>): void {
    this.#status = { ...this.#status, ...change };
    this.parts.emit({ type: 'status', status: this.#status });
  }

  #update(entry: Entry | undefined): void {
    if (!entry) return;
    this.#dirty = true;
    this.parts.emit({ type: 'entry', entry });
  }

  #say(code: LineCode, name: string | null = null): void {
    const { ambient } = this.parts;
    this.#update(put(this.#entries, { type: 'line', id: encode(ambient.random(9)), at: ambient.now(), code, name }));
  }

  /** Whether it is on disk now. If not, nothing that was sealed may be posted; it is tried again. */
  async #store(): Promise<boolean> {
    const saved = this.#saved;
    if (!saved) return false;
    this.#cancelSoon?.();
    this.#cancelSoon = null;
    if (this.#device) saved.device = this.#device.state();
    try {
      await this.parts.store.save(this.parts.name, saved);
    } catch {
      this.#dirty = true;
      if (this.#entries.at(-1)?.type !== 'line') this.#say('storage-full');
      this.#outbox.hold(STORE_AGAIN_SECONDS);
      return false;
    }
    this.#dirty = false;
    return true;
  }

  #storeSoon(): void {
    this.#dirty = true;
    this.#cancelSoon ??= this.parts.ambient.after(STORE_SOON_MS, () => {
      this.#cancelSoon = null;
      void this.#turn(async () => void (await this.#store()));
    });
  }

  /** Runs one task after the other. A task that fails does not stop the next. */
  #turn(task: () => void | Promise<void>): Promise<void> {
    this.#queue = this.#queue.then(task).catch((error: unknown) => {
      console.error('Sotto:', error instanceof Error ? error.name : 'fault');
    });
    return this.#queue;
  }
}

function payloadOf(entry: Entry & { type: 'own' | 'want-person' }): FromCustomer {
  const { id } = entry;
  if (entry.type === 'want-person') return { kind: 'want_person', id };
  return entry.press ? { kind: 'press', id, ...entry.press } : { kind: 'text', id, text: entry.text };
}
