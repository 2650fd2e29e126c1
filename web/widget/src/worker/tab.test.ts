import { expect, it } from 'vitest';
import { BEGIN, Clock, DESK, FakeHub, LastingStore, settled, standin } from '../../tests/world.ts';
import type { Update } from '../bridge/worker.ts';
import { Hub } from './hub.ts';
import { Tab, type TabHost } from './tab.ts';

/** One browser: its locks and channels, shared by its tabs. */
class Browser {
  readonly hub = new FakeHub();
  readonly clock = new Clock();
  readonly store = new LastingStore();
  #holder: object | null = null;
  #queue: (() => void)[] = [];
  #channels: { owner: object; onmessage: ((event: MessageEvent) => void) | null }[] = [];
  #numbers = 0;

  open(): { tab: Tab; updates: Update[]; close: () => void } {
    const owner = {};
    let closed = false;
    const updates: Update[] = [];
    const channel = {
      owner,
      onmessage: null as ((event: MessageEvent) => void) | null,
      postMessage: (data: unknown): void => {
        if (closed) return;
        for (const other of this.#channels) {
          if (other !== channel) setImmediate(() => other.onmessage?.({ data: structuredClone(data) } as MessageEvent));
        }
      },
    };
    this.#channels.push(channel);
    const request = (_name: string, second: unknown, third?: unknown): Promise<unknown> => {
      const work = (third ?? second) as (lock: object | null) => Promise<unknown>;
      const own = (): void => {
        this.#holder = owner;
        void work({});
      };
      if (!this.#holder) own();
      else if (third) void work(null);
      else this.#queue.push(own);
      return new Promise(() => undefined);
    };
    const host: TabHost = {
      locks: { request } as unknown as LockManager,
      channel: channel as unknown as BroadcastChannel,
      show: (update) => updates.push(structuredClone(update)),
      number: () => `${(this.#numbers += 1)}`,
    };
    const parts = { name: 'a name', desks: [DESK], hub: new Hub('http://hub.test', this.hub.fetch), store: this.store, ambient: this.clock, encryption: Promise.resolve(standin), openSocket: this.hub.openSocket };
    const tab = new Tab(host, parts);
    void tab.start();
    return {
      tab,
      updates,
      close: () => {
        closed = true;
        this.#channels.splice(this.#channels.indexOf(channel), 1);
        this.hub.cut();
        this.hub.sockets.length = 0;
        if (this.#holder !== owner) return;
        this.#holder = null;
        this.#queue.shift()?.();
      },
    };
  }
}

const texts = (updates: Update[]): unknown[] => updates.flatMap((update) => (update.type === 'entry' && 'text' in update.entry ? [update.entry.text] : []));

it('one tab owns, the other follows and sees the same', async () => {
  const browser = new Browser();
  const first = browser.open();
  await settled();
  first.tab.command(BEGIN);
  await settled();
  const second = browser.open();
  await settled();
  second.tab.command({ type: 'send', id: 'm1', text: 'from the second' });
  await settled();
  expect(browser.hub.heard()).toHaveLength(2);
  expect(texts(first.updates)).toContain('from the second');
  expect(texts(second.updates)).toContain('from the second');
  expect(second.updates.find(({ type }) => type === 'view')).toMatchObject({ view: { status: { phase: 'open', follows: true } } });
});

it('the next tab takes over from what is stored, and runs what was not taken, once', async () => {
  const browser = new Browser();
  const first = browser.open();
  await settled();
  first.tab.command(BEGIN);
  await settled();
  const second = browser.open();
  await settled();
  first.close();
  second.tab.command({ type: 'send', id: 'm1', text: 'just then' });
  await browser.clock.advance(2_000);
  expect(browser.hub.heard().map(({ kind }) => kind)).toEqual(['hello', 'text']);
  expect(second.updates.at(-1)).toMatchObject({ type: 'entry', entry: { mark: 'sent' } });
});
