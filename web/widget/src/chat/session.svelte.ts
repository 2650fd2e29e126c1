/** What the chat shows, kept up to date from the worker, and what the customer does, passed on to it. */
import { encode } from '../protocol/base64url.ts';
import type { Consents, Speaker } from '../protocol/payload.ts';
import type { FromPage } from '../bridge/page.ts';
import { initialStatus, type Command, type Entry, type Press, type Status, type ToWorker, type Update } from '../bridge/worker.ts';
import type { LinkPolicy } from '../markdown/links.ts';
import { plain } from '../markdown/parse.ts';
import { joinPage, type Page } from './page.ts';
import { startWorker } from './worker.ts';
import { language, noticeVersion, say, useLanguage } from './words.svelte.ts';

const TYPING_SHOWN_MS = 6_000;

export class Session {
  status: Status = $state.raw(initialStatus);
  entries: Entry[] = $state([]);
  typing: Speaker | null = $state(null);
  shown = $state(true);
  /** One sentence for screen readers; changes when there is something to say. */
  announcement = $state('');
  links: LinkPolicy = $state.raw({ page: '', hosts: [] });

  #worker: Worker;
  #page: Page | undefined;
  #unread = 0;
  #canIdentify = false;
  #stopTyping: ReturnType<typeof setTimeout> | undefined;

  constructor() {
    this.#worker = startWorker();
    this.#worker.addEventListener('message', (event: MessageEvent<Update>) => this.#apply(event.data));
    this.#worker.addEventListener('error', () => (this.status = { ...this.status, phase: 'unsupported' }));
    this.#page = joinPage((message) => void this.#hear(message));
    this.#page?.tell({ sotto: 'ready' });
    addEventListener('online', () => this.#run({ type: 'wake' }));
    document.addEventListener('visibilitychange', () => {
      if (document.visibilityState === 'visible') this.#run({ type: 'wake' });
    });
  }

  async begin(consents: Consents): Promise<void> {
    const identity = await this.#identity();
    this.#run({ type: 'begin', consents, language: language(), notice: noticeVersion(), identity });
  }

  send(text: string): void {
    this.#run({ type: 'send', id: newId(), text });
  }

  press(press: Press): void {
    this.#run({ type: 'press', id: newId(), press });
  }

  wantPerson(): void {
    this.#run({ type: 'want-person', id: newId() });
  }

  again(id: string): void {
    this.#run({ type: 'again', id });
  }

  writing(): void {
    this.#run({ type: 'typing' });
  }

  choose(consents: Consents): void {
    this.#run({ type: 'consent', consents });
  }

  forget(): void {
    this.#run({ type: 'forget' });
  }

  async speak(tag: string): Promise<void> {
    await useLanguage(tag);
    if (this.status.phase === 'open') this.#run({ type: 'greet', language: language(), identity: await this.#identity() });
  }

  close(): void {
    this.#page?.tell({ sotto: 'close' });
  }

  async #hear(message: FromPage): Promise<void> {
    switch (message.sotto) {
      case 'open': {
        this.#canIdentify = message.identity;
        this.links = { page: this.#page?.origin ?? '', hosts: message.links };
        if (message.language) void useLanguage(message.language);
        const { desk, hub } = message;
        this.#tellWorker({ type: 'start', config: { desk, hub, identity: await this.#identity() } });
        break;
      }
      case 'shown':
        this.shown = true;
        this.#unread = 0;
        this.#run({ type: 'wake' });
        break;
      case 'hidden':
        this.shown = false;
        break;
      case 'identity':
        break;
    }
  }

  async #identity(): Promise<string | null> {
    return this.#canIdentify && this.#page ? this.#page.identity() : null;
  }

  #apply(update: Update): void {
    switch (update.type) {
      case 'view':
        this.status = update.view.status;
        this.entries = update.view.entries;
        break;
      case 'status':
        this.#announceConnection(this.status, update.status);
        this.status = update.status;
        break;
      case 'entry':
        this.#put(update.entry);
        break;
      case 'typing':
        this.#showTyping(update.speaker);
        break;
    }
  }

  #put(entry: Entry): void {
    const place = this.entries.findLastIndex((other) => other.id === entry.id && other.type === entry.type);
    if (place >= 0) this.entries[place] = entry;
    else this.entries.push(entry);
    if (place < 0 && entry.type === 'own' && entry.press) this.announcement = say('card.chosen', { label: entry.text });
    if (entry.type === 'desk') this.#showTyping(null);
    const whole = entry.type === 'desk' ? !entry.partial : entry.type === 'line';
    if (whole) {
      this.#announce(entry);
      if (!this.shown) {
        this.#unread += 1;
        this.#page?.tell({ sotto: 'unread', count: this.#unread });
      }
    } else if ('mark' in entry && entry.mark === 'failed') {
      this.announcement = say('mark.failed');
    }
  }

  #announce(entry: Entry): void {
    if (entry.type === 'desk') {
      this.announcement = `${speakerName(entry)}: ${plain(entry.text)}`;
      if (entry.card) this.announcement += ` ${say('card.asked', { ...entry.card })}`;
    }
    if (entry.type === 'line') this.announcement = say(`line.${entry.code}`, { name: entry.name ?? '' });
  }

  #announceConnection(before: Status, now: Status): void {
    const [was, is] = [before.connection.state, now.connection.state];
    if (was === is || (is !== 'offline' && is !== 'busy')) return;
    this.announcement = say(`connection.${is}`);
  }

  #showTyping(speaker: Speaker | null): void {
    clearTimeout(this.#stopTyping);
    this.typing = speaker;
    if (speaker) this.#stopTyping = setTimeout(() => (this.typing = null), TYPING_SHOWN_MS);
  }

  #run(command: Command): void {
    this.#tellWorker({ type: 'command', command: $state.snapshot(command) });
  }

  #tellWorker(message: ToWorker): void {
    this.#worker.postMessage(message);
  }
}

/** Who wrote a message of the desk, as shown. A person who gave no name is still never called the assistant. */
export function speakerName(entry: Entry & { type: 'desk' }): string {
  if (entry.speaker === 'agent') return entry.name ?? say('speaker.agent');
  return say(`speaker.${entry.speaker}`);
}

function newId(): string {
  return encode(crypto.getRandomValues(new Uint8Array(16)));
}
