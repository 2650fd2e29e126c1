/**
 * One tab's part in a conversation that several tabs may show. The tab that holds the lock (Web Locks) owns it and
 * alone touches keys, store and network; the others send it commands and show what it tells, over a
 * BroadcastChannel. When the owner closes, the next tab takes over from what is stored, and runs the commands that
 * were not yet taken; message ids keep a repeated one from being sent twice.
 */
import type { Command, Update } from '../bridge/worker.ts';
import { adopt } from './adopt.ts';
import { Conversation, type Parts } from './conversation.ts';

type Told =
  | { type: 'update'; update: Update }
  | { type: 'hello' }
  | { type: 'command'; number: string; command: Command }
  | { type: 'taken'; number: string };

/** What a tab needs of the browser. */
export interface TabHost {
  locks: Pick<LockManager, 'request'>;
  channel: Pick<BroadcastChannel, 'postMessage' | 'onmessage'>;
  /** Shows in this tab. */
  show: (update: Update) => void;
  number: () => string;
}

/** Who is signed in, and the name of this browser's conversation of nobody, which may become theirs. */
export interface Person {
  identity: string;
  nobody: string;
}

export class Tab {
  #conversation: Conversation | null = null;
  #waiting = new Map<string, Command>();

  constructor(
    private readonly host: TabHost,
    private readonly parts: Omit<Parts, 'emit'>,
    private readonly person: Person | null,
  ) {}

  async start(): Promise<void> {
    const { host, parts } = this;
    host.channel.onmessage = (event: MessageEvent<Told>) => this.#told(event.data);
    const owned = await new Promise<boolean>((resolve) => {
      const request = host.locks.request(parts.name, { ifAvailable: true }, async (lock) => {
        resolve(lock !== null);
        if (lock) await this.#own();
      });
      void request;
    });
    if (owned) return;
    host.channel.postMessage({ type: 'hello' } satisfies Told);
    await host.locks.request(parts.name, () => this.#own());
  }

  command(command: Command): void {
    if (this.#conversation) {
      void this.#conversation.run(command);
      return;
    }
    const number = this.host.number();
    this.#waiting.set(number, command);
    this.host.channel.postMessage({ type: 'command', number, command } satisfies Told);
  }

  /** Owns the conversation as long as this tab lives: the promise never settles, so the lock stays. */
  async #own(): Promise<never> {
    const conversation = new Conversation({
      ...this.parts,
      emit: (update) => {
        this.host.show(update);
        this.host.channel.postMessage({ type: 'update', update } satisfies Told);
      },
    });
    const adopted = await this.#adopt();
    await conversation.resume();
    this.#conversation = conversation;
    if (adopted && this.person) void conversation.run({ type: 'greet', language: null, identity: this.person.identity });
    for (const command of this.#waiting.values()) void conversation.run(command);
    this.#waiting.clear();
    return new Promise<never>(() => undefined);
  }

  /** Whether what nobody wrote just now became the signed-in person's. */
  async #adopt(): Promise<boolean> {
    const { person, host, parts } = this;
    if (!person) return false;
    return host.locks.request(person.nobody, { ifAvailable: true }, (lock) =>
      lock ? adopt(parts.store, person.nobody, parts.name, parts.ambient.now()) : false,
    );
  }

  #told(told: Told): void {
    switch (told.type) {
      case 'update':
        if (!this.#conversation) this.host.show(asFollower(told.update));
        break;
      case 'hello':
        if (this.#conversation) this.#tell({ type: 'update', update: { type: 'view', view: this.#conversation.view() } });
        break;
      case 'command':
        if (!this.#conversation) break;
        void this.#conversation.run(told.command);
        this.#tell({ type: 'taken', number: told.number });
        break;
      case 'taken':
        this.#waiting.delete(told.number);
        break;
    }
  }

  #tell(told: Told): void {
    this.host.channel.postMessage(told);
  }
}

function asFollower(update: Update): Update {
  if (update.type === 'status') return { ...update, status: { ...update.status, follows: true } };
  if (update.type === 'view') return { type: 'view', view: { ...update.view, status: { ...update.view.status, follows: true } } };
  return update;
}
