import { describe, expect, it } from 'vitest';
import { BEGIN, LastingStore, begun, conversation, settled, type FakeHub, type Tested } from '../../tests/world.ts';
import { Device } from '../../tests/standin-e2ee.ts';
import type { Loaded } from './store.ts';

const marks = (entries: { type: string }[]): unknown[] => entries.flatMap((entry) => ('mark' in entry ? [entry.mark] : []));
const texts = (payloads: { kind: string }[]): unknown[] => payloads.flatMap((payload) => ('text' in payload ? [payload.text] : []));
const lines = (entries: { type: string }[]): unknown[] => entries.flatMap((entry) => ('code' in entry ? [entry.code] : []));

describe('beginning', () => {
  it('asks the hub for nothing until the customer starts', async () => {
    const { conversation: talk, hub, shown } = conversation();
    await talk.resume();
    await settled();
    expect(shown.status.phase).toBe('new');
    expect(hub.calls).toEqual([]);
  });

  it('greets the desk with notice, language, choices and identity before anything else', async () => {
    const { conversation: talk, hub, shown } = conversation();
    await talk.resume();
    await talk.run({ ...BEGIN, identity: 'a.b.c' });
    await talk.run({ type: 'send', id: 'm1', text: 'written while it connects' });
    await settled();
    expect(hub.heard()).toEqual([
      { kind: 'hello', notice: 'en-1', language: 'en', consents: { assistant: true, improve: false }, identity: 'a.b.c' },
      { kind: 'text', id: 'm1', text: 'written while it connects' },
    ]);
    expect(marks(shown.entries)).toEqual(['sent']);
    expect(shown.status).toMatchObject({ phase: 'open', connection: { state: 'online' }, ready: true });
  });

  it('refuses a desk whose key is not pinned, keeps nothing and sends nothing', async () => {
    const { conversation: talk, hub, shown, store } = conversation();
    hub.keyPackage = 'another key';
    await talk.resume();
    await talk.run(BEGIN);
    await talk.run({ type: 'send', id: 'm1', text: 'secret' });
    await settled();
    expect(shown.status.phase).toBe('refused');
    expect(hub.calls.every((call) => call.endsWith('/claim'))).toBe(true);
    expect(await store.load('a name')).toEqual({ found: null, lost: false });
  });

  it('keeps trying while the hub is away, and opens the same channel once', async () => {
    const { conversation: talk, hub, shown, clock } = conversation();
    hub.down = true;
    await talk.resume();
    await talk.run(BEGIN);
    await settled();
    expect(shown.status.connection.state).toBe('offline');
    hub.down = false;
    await clock.advance(60_000);
    expect(shown.status.connection.state).toBe('online');
    expect(hub.deliveries.filter(({ kind }) => kind === 'welcome')).toHaveLength(1);
  });

  it('counts a channel that its own lost request opened as opened', async () => {
    const { conversation: talk, hub, shown, clock } = conversation();
    hub.losesAnswerTo = '/v1/channels';
    await talk.resume();
    await talk.run(BEGIN);
    await clock.advance(10_000);
    expect(hub.calls.filter((call) => call === 'POST /v1/channels')).toHaveLength(2);
    expect(shown.status.connection.state).toBe('online');
  });

  it('waits as long as a busy hub asks', async () => {
    const { conversation: talk, hub, shown, clock } = conversation();
    hub.refusals = [{ code: 'rate-limited', status: 429, retry_after: 30 }];
    await talk.resume();
    await talk.run(BEGIN);
    await clock.advance(29_000);
    expect(hub.calls).toHaveLength(1);
    expect(shown.status.connection.state).toBe('busy');
    await clock.advance(8_000);
    expect(shown.status.connection.state).toBe('online');
  });
});

describe('sending', () => {
  it('has the state on disk before anything sealed with it is posted', async () => {
    const { conversation: talk, hub, store } = await begun();
    const posted: Promise<{ envelope: string; loaded: Loaded }>[] = [];
    hub.onPost = (envelope) => posted.push(store.load('a name').then((loaded) => ({ envelope: envelope.id, loaded })));
    await talk.run({ type: 'send', id: 'm1', text: 'one' });
    await talk.run({ type: 'send', id: 'm2', text: 'two' });
    await settled();
    const seen = await Promise.all(posted);
    expect(seen).toHaveLength(2);
    seen.forEach(({ envelope, loaded }, place) => {
      expect(loaded.found?.outbox.some((outgoing) => outgoing.sealed?.id === envelope)).toBe(true);
      const state = JSON.parse(new TextDecoder().decode(loaded.found?.device ?? undefined)) as { sealed: number };
      expect(state.sealed).toBe(place + 2);
    });
  });

  it('keeps order and loses nothing when the line is cut in the middle', async () => {
    const { conversation: talk, hub, clock, shown } = await begun();
    for (let number = 0; number < 20; number += 1) {
      await talk.run({ type: 'send', id: `m${number}`, text: `${number}` });
      if (number % 5 === 2) hub.cut();
      if (number % 7 === 3) await clock.advance(2_000);
    }
    await clock.advance(60_000);
    expect(texts(hub.heard())).toEqual(Array.from({ length: 20 }, (_, number) => `${number}`));
    expect(new Set(marks(shown.entries))).toEqual(new Set(['sent']));
  });

  it('posts the same envelope again after a reload, so the hub knows it', async () => {
    const { conversation: talk, hub, clock, store } = await begun();
    hub.silent = true;
    await talk.run({ type: 'send', id: 'm1', text: 'one' });
    await settled();
    const before = (await store.load('a name')).found?.outbox[0]?.sealed;
    hub.silent = false;
    if (before) hub.accept('device', before);
    const again = conversation({ hub, clock, store });
    await again.conversation.resume();
    await clock.advance(1_000);
    expect(texts(hub.heard())).toEqual(['one']);
    expect(marks(again.shown.entries)).toEqual(['sent']);
  });

  it('notices a line that is dead but not closed, and sends again over a new one', async () => {
    const { conversation: talk, hub, clock } = await begun();
    hub.silent = true;
    await talk.run({ type: 'send', id: 'm1', text: 'one' });
    await clock.advance(10_000);
    hub.silent = false;
    await clock.advance(20_000);
    expect(texts(hub.heard())).toEqual(['one']);
    expect(hub.sockets.length).toBeGreaterThan(1);
  });

  it('marks a message that the hub refuses for good, and sends it again when asked', async () => {
    const { conversation: talk, hub, shown } = await begun();
    hub.postRefusals = [{ code: 'quota-exceeded', status: 413 }];
    await talk.run({ type: 'send', id: 'm1', text: 'one' });
    await settled();
    expect(marks(shown.entries)).toEqual(['failed']);
    await talk.run({ type: 'again', id: 'm1' });
    await settled();
    expect(marks(shown.entries)).toEqual(['sent']);
    expect(texts(hub.heard())).toEqual(['one']);
  });

  it('waits when the hub is full, then sends in order', async () => {
    const { conversation: talk, hub, shown, clock } = await begun();
    hub.postRefusals = [{ code: 'storage-full', status: 507, retry_after: 20 }];
    await talk.run({ type: 'send', id: 'm1', text: 'one' });
    await talk.run({ type: 'send', id: 'm2', text: 'two' });
    await clock.advance(19_000);
    expect(texts(hub.heard())).toEqual([]);
    expect(shown.status.connection.state).toBe('busy');
    await clock.advance(6_000);
    expect(texts(hub.heard())).toEqual(['one', 'two']);
    expect(shown.status.connection.state).toBe('online');
  });

  it('marks what the encryption does not take, and goes on with the next', async () => {
    const { conversation: talk, hub, shown } = await begun();
    const seal = Device.prototype.seal;
    Device.prototype.seal = function (json) {
      if (json.includes('too long')) throw new Error('too-long');
      return seal.call(this, json);
    };
    await talk.run({ type: 'send', id: 'm1', text: 'too long' });
    await talk.run({ type: 'send', id: 'm2', text: 'fits' });
    await settled();
    Device.prototype.seal = seal;
    expect(texts(hub.heard())).toEqual(['fits']);
    expect(marks(shown.entries)).toEqual(['failed', 'sent']);
  });

  it('seals anew what was made in an epoch that is over', async () => {
    const { conversation: talk, hub, clock } = await begun();
    hub.postRefusals = [{ code: 'stale-epoch', status: 409 }];
    await talk.run({ type: 'send', id: 'm1', text: 'one' });
    await clock.advance(10_000);
    expect(texts(hub.heard())).toEqual(['one']);
    expect(hub.refused).toHaveLength(1);
    expect(hub.deliveries.map(({ id }) => id)).not.toContain(hub.refused[0]);
  });

  it('takes a repeated command once', async () => {
    const { conversation: talk, hub } = await begun();
    await talk.run({ type: 'send', id: 'm1', text: 'one' });
    await talk.run({ type: 'send', id: 'm1', text: 'one' });
    await settled();
    expect(texts(hub.heard())).toEqual(['one']);
  });

  it('tells a person, not the assistant, that the customer writes, and not too often', async () => {
    const { conversation: talk, hub, clock } = await begun();
    await talk.run({ type: 'typing' });
    hub.say({ kind: 'holder', holder: { who: 'agent', name: 'Mara' } });
    await settled();
    await talk.run({ type: 'typing' });
    await talk.run({ type: 'typing' });
    await clock.advance(5_000);
    await talk.run({ type: 'typing' });
    await settled();
    expect(hub.heard().filter(({ kind }) => kind === 'typing')).toHaveLength(2);
  });

  it('posts nothing that it could not store', async () => {
    const { conversation: talk, hub, store, clock, shown } = await begun();
    const save = store.save.bind(store);
    store.save = () => Promise.reject(new DOMException('full', 'QuotaExceededError'));
    await talk.run({ type: 'send', id: 'm1', text: 'one' });
    await settled();
    expect(texts(hub.heard())).toEqual([]);
    expect(lines(shown.entries)).toContain('storage-full');
    store.save = save;
    await clock.advance(10_000);
    expect(texts(hub.heard())).toEqual(['one']);
  });
});

describe('hearing', () => {
  it('shows pieces as they grow, then the whole with its sources', async () => {
    const { hub, shown } = await begun();
    hub.say({ kind: 'piece', id: 'a', text: 'You' });
    hub.say({ kind: 'piece', id: 'a', text: 'You can' });
    await settled();
    expect(shown.entries).toMatchObject([{ text: 'You can', partial: true }]);
    hub.say({ kind: 'text', id: 'a', speaker: 'assistant', text: 'You can.', citations: [{ title: 'T', quote: 'Q' }], at: 5 });
    hub.say({ kind: 'piece', id: 'a', text: 'old' });
    await settled();
    expect(shown.entries).toMatchObject([{ text: 'You can.', partial: false, citations: [{ title: 'T', url: null, quote: 'Q' }] }]);
  });

  it('marks what the desk has stored as delivered, and never takes it back', async () => {
    const { conversation: talk, hub, shown } = await begun();
    await talk.run({ type: 'send', id: 'm1', text: 'one' });
    hub.say({ kind: 'received', id: 'm1' });
    await settled();
    expect(marks(shown.entries)).toEqual(['delivered']);
  });

  it('says who holds the conversation, and that it changed', async () => {
    const { hub, shown } = await begun();
    hub.say({ kind: 'holder', holder: { who: 'waiting' } });
    hub.say({ kind: 'holder', holder: { who: 'agent', name: 'Mara' } });
    hub.say({ kind: 'text', id: 'a', speaker: 'agent', text: 'Hello', at: 5 });
    hub.say({ kind: 'holder', holder: { who: 'assistant' } });
    await settled();
    expect(lines(shown.entries)).toEqual(['agent-joined', 'assistant-back']);
    expect(shown.entries).toContainEqual(expect.objectContaining({ type: 'desk', name: 'Mara', speaker: 'agent' }));
    expect(shown.status.holder).toEqual({ who: 'assistant' });
  });

  it('shows a plain line for what it does not know or cannot read, and goes on', async () => {
    const { hub, shown } = await begun();
    hub.say({ kind: 'hologram' });
    hub.accept('desk', { id: 'x', kind: 'message', epoch: 1, body: '_____w' });
    hub.say({ kind: 'text', id: 'a', speaker: 'assistant', text: 'Still here', at: 5 });
    await settled();
    expect(lines(shown.entries)).toEqual(['unknown', 'unreadable']);
    expect(shown.entries.at(-1)).toMatchObject({ text: 'Still here' });
  });

  it('is dealt each envelope once, also after a reload', async () => {
    const { hub, clock, store } = await begun();
    hub.say({ kind: 'text', id: 'a', speaker: 'assistant', text: 'Once', at: 5 });
    await clock.advance(1_000);
    const again = conversation({ hub, clock, store });
    await again.conversation.resume();
    await clock.advance(1_000);
    expect(again.shown.entries).toHaveLength(1);
    expect(lines(again.shown.entries)).toEqual([]);
  });

  it('deals with an envelope that the hub delivers twice once', async () => {
    const { hub, shown } = await begun();
    hub.accept('desk', { id: 'x', kind: 'message', epoch: 1, body: '_____w' });
    hub.sockets.at(-1)?.hear({ type: 'delivery', ...hub.deliveries.at(-1) });
    await settled();
    expect(lines(shown.entries)).toEqual(['unreadable']);
  });

  it('polls where sockets do not get through', async () => {
    const { conversation: talk, hub, clock, shown } = conversation();
    hub.socketsFail = true;
    await talk.resume();
    await talk.run(BEGIN);
    await clock.advance(10_000);
    await talk.run({ type: 'send', id: 'm1', text: 'by polling' });
    await clock.advance(1_000);
    expect(texts(hub.heard())).toEqual(['by polling']);
    expect(shown.status.connection.state).toBe('online');
  });
});

describe('a card', () => {
  const yes = { card: 'a', yes: true } as const;
  const asked = async (): Promise<Tested> => {
    const tested = await begun();
    tested.hub.say({ kind: 'text', id: 'a', speaker: 'assistant', text: 'I will cancel it.', card: { confirm: 'Yes, do it', decline: 'No' }, at: 5 });
    await settled();
    return tested;
  };
  const presses = (hub: FakeHub): unknown[] => hub.heard().filter(({ kind }) => kind === 'press');

  it('sends the press of its button, which stands as a message of the customer with the label', async () => {
    const { conversation: talk, hub, shown } = await asked();
    await talk.run({ type: 'press', id: 'p1', press: yes });
    await settled();
    expect(presses(hub)).toEqual([{ kind: 'press', id: 'p1', card: 'a', yes: true }]);
    expect(shown.entries.at(-1)).toMatchObject({ type: 'own', id: 'p1', text: 'Yes, do it', press: yes, mark: 'sent' });
    hub.say({ kind: 'received', id: 'p1' });
    await settled();
    expect(marks(shown.entries)).toEqual(['delivered']);
  });

  it('sends one press, whichever button comes second and from whichever tab', async () => {
    const { conversation: talk, hub, shown } = await asked();
    void talk.run({ type: 'press', id: 'p1', press: { card: 'a', yes: false } });
    void talk.run({ type: 'press', id: 'p2', press: yes });
    await talk.run({ type: 'press', id: 'p1', press: yes });
    await settled();
    expect(presses(hub)).toEqual([{ kind: 'press', id: 'p1', card: 'a', yes: false }]);
    expect(shown.entries.filter(({ type }) => type === 'own')).toHaveLength(1);
  });

  it('keeps a press over a reload without a line, and takes no second one after it', async () => {
    const { conversation: talk, hub, clock, store } = await asked();
    hub.down = true;
    hub.cut();
    await talk.run({ type: 'press', id: 'p1', press: yes });
    const again = conversation({ hub, clock, store });
    await again.conversation.resume();
    expect(again.shown.entries).toMatchObject([{ id: 'a', card: { confirm: 'Yes, do it' } }, { id: 'p1', press: yes, mark: 'sending' }]);
    await again.conversation.run({ type: 'press', id: 'p2', press: yes });
    hub.down = false;
    await clock.advance(60_000);
    expect(presses(hub)).toEqual([{ kind: 'press', id: 'p1', card: 'a', yes: true }]);
    expect(marks(again.shown.entries)).toEqual(['sent']);
  });

  it('sends a press that was refused again as a press', async () => {
    const { conversation: talk, hub, shown } = await asked();
    hub.postRefusals = [{ code: 'quota-exceeded', status: 413 }];
    await talk.run({ type: 'press', id: 'p1', press: yes });
    await settled();
    expect(marks(shown.entries)).toEqual(['failed']);
    await talk.run({ type: 'again', id: 'p1' });
    await settled();
    expect(presses(hub)).toEqual([{ kind: 'press', id: 'p1', card: 'a', yes: true }]);
  });

  it('takes no press when it is not the last message, when a person has been asked for, or when there is none', async () => {
    const { conversation: talk, hub } = await asked();
    await talk.run({ type: 'press', id: 'p1', press: { card: 'another', yes: true } });
    await talk.run({ type: 'send', id: 'm1', text: 'wait' });
    await talk.run({ type: 'press', id: 'p2', press: yes });
    hub.say({ kind: 'text', id: 'b', speaker: 'assistant', text: 'Shall I?', card: { confirm: 'Yes', decline: 'No' }, at: 6 });
    hub.say({ kind: 'holder', holder: { who: 'waiting' } });
    await settled();
    await talk.run({ type: 'press', id: 'p3', press: { card: 'b', yes: true } });
    await settled();
    expect(presses(hub)).toEqual([]);
  });
});

describe('ending', () => {
  it('says that state which does not open is lost, and lets a new conversation begin', async () => {
    const store = new LastingStore();
    store.load = () => Promise.resolve({ found: null, lost: true });
    const { conversation: talk, shown, hub } = conversation({ store });
    await talk.resume();
    expect(shown.status.phase).toBe('new');
    expect(lines(shown.entries)).toEqual(['state-lost']);
    await talk.run(BEGIN);
    await settled();
    expect(hub.heard()).toHaveLength(1);
  });

  it('says so too when the encryption does not take its state', async () => {
    const { hub, clock, store } = await begun();
    const loaded = await store.load('a name');
    if (loaded.found) await store.save('a name', { ...loaded.found, device: new Uint8Array([1, 2, 3]) });
    const again = conversation({ hub, clock, store });
    await again.conversation.resume();
    expect(lines(again.shown.entries)).toEqual(['state-lost']);
    expect(again.shown.status.phase).toBe('new');
  });

  it('shows that a conversation the hub does not know has ended', async () => {
    const { conversation: talk, hub, clock, shown } = await begun();
    await talk.run({ type: 'send', id: 'm1', text: 'one' });
    hub.channel = null;
    hub.cut();
    await clock.advance(5_000);
    expect(shown.status.phase).toBe('ended');
    expect(texts(shown.entries as never)).toEqual(['one']);
  });

  it('deletes here and at the hub', async () => {
    const { conversation: talk, hub, store, shown } = await begun();
    await talk.run({ type: 'send', id: 'm1', text: 'one' });
    await talk.run({ type: 'forget' });
    await settled();
    expect(hub.channel).toBeNull();
    expect(shown).toMatchObject({ status: { phase: 'new', safetyNumber: null }, entries: [] });
    expect(await store.load('a name')).toEqual({ found: null, lost: false });
  });

  it('deletes here also when the hub is away, and says what that means', async () => {
    const { conversation: talk, hub, store, shown } = await begun();
    hub.down = true;
    hub.cut();
    await talk.run({ type: 'forget' });
    expect(lines(shown.entries)).toEqual(['hub-not-asked']);
    expect(await store.load('a name')).toEqual({ found: null, lost: false });
  });
});
