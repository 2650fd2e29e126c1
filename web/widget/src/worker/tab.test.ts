import { expect, it } from 'vitest';
import { BEGIN, Clock, DESK, FakeHub, LastingStore, settled, standin } from '../../tests/world.ts';
import type { Update } from '../bridge/worker.ts';
import { Hub } from './hub.ts';
import type { Saved } from './saved.ts';
import { Tab, type Person, type TabHost } from './tab.ts';

/** One browser: its locks and channels, shared by its tabs. */
class Browser {
  readonly hub = new FakeHub();
  readonly clock = new Clock();
  readonly store = new LastingStore();
  #locks = new Map<string, { holder: object | null; queue: (() => void)[] }>();
  #channels: { owner: object; onmessage: ((event: MessageEvent) => void) | null }[] = [];
  #numbers = 0;

  open(person: Person | null = null, name = 'nobody'): { tab: Tab; updates: Update[]; close: () => void } {
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
    const request = async (lockName: string, second: unknown, third?: unknown): Promise<unknown> => {
      const work = (third ?? second) as (lock: object | null) => Promise<unknown>;
      const lock = this.#locks.get(lockName) ?? { holder: null, queue: [] };
      this.#locks.set(lockName, lock);
      if (lock.holder && third) return work(null);
      if (lock.holder) await new Promise<void>((resolve) => lock.queue.push(resolve));
      lock.holder = owner;
      const result = await work({});
      lock.holder = null;
      return result;
    };
    const host: TabHost = {
      locks: { request } as unknown as LockManager,
      channel: channel as unknown as BroadcastChannel,
      show: (update) => updates.push(structuredClone(update)),
      number: () => `${(this.#numbers += 1)}`,
    };
    // A closed tab does nothing more.
    const alive = <Result>(work: () => Result): Result => (closed ? (new Promise(() => undefined) as Result) : work());
    const ambient = { ...this.clock, after: (milliseconds: number, then: () => void) => this.clock.after(milliseconds, () => alive(then)) };
    const store = {
      lasting: true,
      load: (row: string) => alive(() => this.store.load(row)),
      save: (row: string, saved: Saved) => alive(() => this.store.save(row, saved)),
      remove: (row: string) => alive(() => this.store.remove(row)),
    };
    const hub = new Hub('http://hub.test', (input, init) => alive(() => this.hub.fetch(input, init)));
    const parts = { name, desks: [DESK], hub, store, ambient, encryption: Promise.resolve(standin), openSocket: this.hub.openSocket };
    const tab = new Tab(host, parts, person);
    void tab.start();
    return {
      tab,
      updates,
      close: () => {
        closed = true;
        this.#channels.splice(this.#channels.indexOf(channel), 1);
        this.hub.cut();
        this.hub.sockets.length = 0;
        for (const lock of this.#locks.values()) {
          if (lock.holder !== owner) continue;
          lock.holder = null;
          lock.queue.shift()?.();
        }
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

it('what the owner took is not run again by the next', async () => {
  const browser = new Browser();
  const first = browser.open();
  await settled();
  first.tab.command(BEGIN);
  await settled();
  const second = browser.open();
  await settled();
  second.tab.command({ type: 'consent', consents: { assistant: false, improve: false } });
  await settled();
  first.close();
  await browser.clock.advance(2_000);
  expect(browser.hub.heard().map(({ kind }) => kind)).toEqual(['hello', 'consent']);
});

const ADA = { identity: 'a.b.c', nobody: 'nobody' };

async function written(browser: Browser): Promise<ReturnType<Browser['open']>> {
  const before = browser.open();
  await settled();
  before.tab.command(BEGIN);
  before.tab.command({ type: 'send', id: 'm1', text: 'before I signed in' });
  await settled();
  return before;
}

it('who signs in takes along what they have just written, and the desk is told who they are', async () => {
  const browser = new Browser();
  (await written(browser)).close();
  const after = browser.open(ADA, 'ada');
  await browser.clock.advance(2_000);
  expect(after.updates.find(({ type }) => type === 'view')).toMatchObject({ view: { entries: [{ text: 'before I signed in' }] } });
  expect(browser.hub.heard().at(-1)).toMatchObject({ kind: 'hello', identity: 'a.b.c' });
  expect((await browser.store.load('nobody')).found).toBeNull();
});

it('what was written longer ago, or is shown in another tab, stays nobody’s', async () => {
  const browser = new Browser();
  const before = await written(browser);
  const early = browser.open(ADA, 'ada');
  await settled();
  expect(early.updates.at(-1)).toMatchObject({ status: { phase: 'new' } });
  early.close();
  before.close();
  await browser.clock.advance(61 * 60_000);
  const late = browser.open(ADA, 'ada');
  await settled();
  expect(late.updates.at(-1)).toMatchObject({ status: { phase: 'new' } });
});
