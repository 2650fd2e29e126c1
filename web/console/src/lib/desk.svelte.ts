// What the signed-in person sees and does. One object for as long as they are signed in; dropped with all that it
// holds when they sign out.
import { SvelteMap } from 'svelte/reactivity';
import * as api from './api';
import type { ConversationDetail, ConversationRow } from './api-types';
import { listen } from './live';
import { waitsSince } from './queue';
import { ended } from './session.svelte';

export type Act = 'take-over' | 'give-back' | 'close' | 'reply';
/** What went wrong last: of which act, and the code that chooses the words. */
export interface Fault {
  act: Act | 'show';
  code: string;
  instance: string | null;
}

/** Changes that come together are fetched together. */
const GATHER = 120;
const TYPING_EVERY = 4_000;
/** How often reading and scrolling tell the desk that someone is there; the session ends after 30 idle minutes. */
const PRESENCE_EVERY = 5 * 60_000;

export class Desk {
  rows = $state.raw<ConversationRow[] | null>(null);
  chosen = $state<string | null>(null);
  detail = $state.raw<ConversationDetail | null>(null);
  line = $state<'joining' | 'live' | 'lost'>('joining');
  fault = $state.raw<Fault | null>(null);
  busy = $state<Act | null>(null);
  now = $state(Date.now());
  /** Answers begun, by conversation. In memory alone. */
  drafts = new SvelteMap<string, string>();
  /** How many wait for a person. */
  waiting = $derived(this.rows?.filter((row) => row.holder === 'waiting').length ?? 0);
  /** The longest wait's beginning, or null when nobody waits. */
  waitingSince = $derived(
    this.rows
      ?.filter((row) => row.holder === 'waiting')
      .reduce<number | null>((since, row) => Math.min(since ?? Infinity, waitsSince(row)), null) ?? null,
  );

  #changed = new Set<string>();
  #gather: number | undefined;
  #typedAt = 0;
  #presentAt = Date.now();

  /** Begins to listen; the returned function ends it. */
  start(): () => void {
    const silence = listen({
      connected: () => {
        this.line = 'live';
        this.#later(this.chosen);
      },
      changed: (conversation) => this.#later(conversation),
      lost: () => {
        this.line = 'lost';
      },
      ended,
    });
    const clock = setInterval(() => {
      this.now = Date.now();
    }, 15_000);
    const seen = () => this.#seen();
    document.addEventListener('visibilitychange', seen);
    return () => {
      silence();
      clearInterval(clock);
      clearTimeout(this.#gather);
      document.removeEventListener('visibilitychange', seen);
    };
  }

  /** Shows a conversation. */
  async choose(id: string | null): Promise<void> {
    this.chosen = id;
    this.detail = null;
    this.fault = null;
    if (id !== null) await this.#show(id, 'person');
  }

  takeOver = () => this.#act('take-over', api.takeOver);
  giveBack = () => this.#act('give-back', api.giveBack);
  close = () => this.#act('close', api.close);

  /** Sends the answer; the draft stays when it was not sent. */
  async reply(text: string): Promise<boolean> {
    const id = this.chosen;
    const sent = await this.#act('reply', (conversation) => api.reply(conversation, text));
    if (sent && id !== null) this.drafts.delete(id);
    return sent;
  }

  /** The person writes: the customer is told, every few seconds at the most. */
  typed(): void {
    const now = Date.now();
    if (this.chosen === null || now - this.#typedAt < TYPING_EVERY) return;
    this.#typedAt = now;
    // Only a courtesy: whatever is wrong shows when the answer is sent.
    api.typing(this.chosen).catch(() => undefined);
  }

  /** The person moves or reads: now and then the desk is told, so that the session goes on. */
  present(): void {
    const now = Date.now();
    if (now - this.#presentAt < PRESENCE_EVERY) return;
    this.#presentAt = now;
    api.session('person').catch((error: unknown) => this.#failed(error, null));
  }

  async #act(act: Act, call: (id: string) => Promise<unknown>): Promise<boolean> {
    const id = this.chosen;
    if (id === null || this.busy !== null) return false;
    this.busy = act;
    this.fault = null;
    this.#presentAt = Date.now();
    try {
      await call(id);
      await Promise.all([this.#list('person'), this.chosen === id ? this.#show(id, 'person') : undefined]);
      return true;
    } catch (error) {
      this.#failed(error, act);
      return false;
    } finally {
      this.busy = null;
    }
  }

  #later(conversation: string | null): void {
    if (conversation !== null) this.#changed.add(conversation);
    this.#gather ??= setTimeout(() => {
      this.#gather = undefined;
      void this.#list('live');
      this.#seen();
    }, GATHER);
  }

  // A look at a conversation goes on record, so none is taken while the page is in the background.
  #seen(): void {
    if (document.hidden || this.chosen === null) return;
    if (this.#changed.delete(this.chosen)) void this.#show(this.chosen, 'live');
    this.#changed.clear();
  }

  async #list(cause: api.Cause): Promise<void> {
    try {
      this.rows = (await api.conversations(cause)).conversations;
      this.now = Date.now();
    } catch (error) {
      this.#failed(error, null);
    }
  }

  async #show(id: string, cause: api.Cause): Promise<void> {
    try {
      const detail = await api.conversation(id, cause);
      if (this.chosen === id) this.detail = detail;
    } catch (error) {
      if (this.chosen === id) this.#failed(error, 'show');
    }
  }

  #failed(error: unknown, act: Fault['act'] | null): void {
    if (error instanceof api.Refused) {
      if (error.status === 401) ended();
      else if (act !== null) this.fault = { act, code: error.code, instance: error.instance };
    } else if (error instanceof api.Unreachable) {
      if (act !== null) this.fault = { act, code: 'unreachable', instance: null };
      else this.line = 'lost';
    } else {
      throw error;
    }
  }
}
