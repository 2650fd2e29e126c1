import { describe, expect, it } from 'vitest';
import { asking, besides, lastSaid, pressOf } from '../bridge/card.ts';
import type { Entry } from '../bridge/worker.ts';
import { KEPT_ENTRIES, heard, holderLine, mark, noticeLine, put } from './entries.ts';

const own = (id: string): Entry => ({ type: 'own', id, at: 1, text: 't', mark: 'sending' });

describe('entries', () => {
  it('are bounded; the oldest go', () => {
    const entries: Entry[] = [];
    for (let number = 0; number <= KEPT_ENTRIES; number += 1) put(entries, own(`${number}`));
    expect(entries).toHaveLength(KEPT_ENTRIES);
    expect(entries[0]?.id).toBe('1');
  });

  it('go forward only: delivered does not become sent, sent does not become failed', () => {
    const entries = [own('a')];
    expect(mark(entries, 'a', 'delivered')).toMatchObject({ mark: 'delivered' });
    expect(mark(entries, 'a', 'sent')).toBeUndefined();
    expect(mark(entries, 'a', 'failed')).toBeUndefined();
    expect(mark(entries, 'nobody', 'sent')).toBeUndefined();
  });

  it('of the desk and of the customer do not mix, even under one id', () => {
    const entries = [own('a')];
    heard(entries, { kind: 'text', id: 'a', speaker: 'desk', text: 'x', citations: [], card: null, quickReplies: [], at: 0 }, { who: 'assistant' }, 9);
    expect(entries).toMatchObject([{ type: 'own' }, { type: 'desk', at: 9 }]);
  });
});

describe('a card', () => {
  const assistant = { who: 'assistant' } as const;
  const card = { confirm: 'Yes', decline: 'No' };
  const shown = (): Entry[] => {
    const entries: Entry[] = [];
    heard(entries, { kind: 'piece', id: 'm', text: 'I will' }, assistant, 9);
    heard(entries, { kind: 'text', id: 'm', speaker: 'assistant', text: 'I will cancel it.', citations: [], card, quickReplies: [], at: 5 }, assistant, 9);
    return entries;
  };

  it('asks while it is the last thing that was said; lines say nothing', () => {
    const entries = shown();
    put(entries, { type: 'line', id: 'l', at: 6, code: 'delayed', name: null });
    expect(asking(entries, assistant)).toMatchObject({ id: 'm', card });
  });

  it('asks no more when either side has said something after it', () => {
    const asked = { type: 'want-person', id: 'w', at: 6, mark: 'sending' } as const;
    for (const later of [own('a'), asked]) expect(asking([...shown(), later], assistant)).toBeUndefined();
    const entries = shown();
    heard(entries, { kind: 'piece', id: 'n', text: 'Or' }, assistant, 9);
    expect(asking(entries, assistant)).toMatchObject({ id: 'n', card: null });
  });

  it('asks no more when anyone but the assistant holds the conversation', () => {
    for (const holder of [{ who: 'waiting' }, { who: 'agent', name: 'Mara' }, { who: 'closed' }] as const) {
      expect(asking(shown(), holder)).toBeUndefined();
    }
  });

  it('is settled by its own press and by that of no other card', () => {
    const press: Entry = { type: 'own', id: 'p', at: 6, text: 'No', press: { card: 'm', yes: false }, mark: 'sending' };
    const entries = [...shown(), press];
    expect(asking(entries, assistant)).toBeUndefined();
    expect(pressOf(entries, 'm')).toBe(press);
    expect(pressOf(entries, 'another')).toBeUndefined();
    expect(lastSaid(entries)).toBe(press);
  });
});

describe('quick replies', () => {
  const assistant = { who: 'assistant' } as const;
  const text = 'Did you mean one of these?\n1. Returns\n2. Refunds\n\nChoose one.';
  const quickReplies = ['Returns', 'Refunds', 'Talk to a person'];

  it('stand below the last message alone', () => {
    const entries: Entry[] = [];
    heard(entries, { kind: 'text', id: 'm', speaker: 'assistant', text, citations: [], card: null, quickReplies, at: 5 }, assistant, 9);
    expect(asking(entries, assistant)).toMatchObject({ id: 'm', quickReplies });
    expect(asking([...entries, own('a')], assistant)).toBeUndefined();
    expect(asking(entries, { who: 'waiting' })).toBeUndefined();
  });

  it('take the place of the numbered lines that say the same, and of no other line', () => {
    expect(besides(text, quickReplies)).toBe('Did you mean one of these?\n\nChoose one.');
    expect(besides(text, ['Return', 'Choose one'])).toBe(text);
    expect(besides(text, [])).toBe(text);
  });
});

describe('lines', () => {
  it('tell of a new holder only when there is something to tell', () => {
    const mara = { who: 'agent', name: 'Mara' } as const;
    expect(holderLine({ who: 'waiting' }, mara)).toEqual({ code: 'agent-joined', name: 'Mara' });
    expect(holderLine(mara, mara)).toBeUndefined();
    expect(holderLine({ who: 'assistant' }, { who: 'waiting' })).toBeUndefined();
    expect(holderLine(mara, { who: 'closed' })).toEqual({ code: 'closed', name: null });
    expect(holderLine({ who: 'closed' }, { who: 'assistant' })).toBeUndefined();
  });

  it('stand for every notice, known or not', () => {
    expect(['newer_version', 'identity_refused', 'delayed', 'hologram'].map(noticeLine)).toEqual(['newer-version', 'identity-refused', 'delayed', 'unknown']);
  });
});
