import { describe, expect, it } from 'vitest';
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
    heard(entries, { kind: 'text', id: 'a', speaker: 'desk', text: 'x', citations: [], at: 0 }, { who: 'assistant' }, 9);
    expect(entries).toMatchObject([{ type: 'own' }, { type: 'desk', at: 9 }]);
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
