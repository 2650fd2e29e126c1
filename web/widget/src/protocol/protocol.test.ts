import { describe, expect, it } from 'vitest';
import { decode, encode } from './base64url.ts';
import { LABEL_LIMIT, readFromDesk } from './payload.ts';
import { readClaimed, readDeliveries, readEvent, readProblem } from './wire.ts';

describe('base64url', () => {
  it('reads back what it writes, and writes as crates/protocol does', () => {
    for (let length = 0; length < 70; length += 1) {
      const octets = Uint8Array.from({ length }, (_, place) => (place * 37 + length) % 256);
      expect(decode(encode(octets))).toEqual(octets);
    }
    expect(encode(new Uint8Array(16).fill(7))).toBe('BwcHBwcHBwcHBwcHBwcHBw');
    expect(encode(new Uint8Array(100_000)).length).toBe(133_334);
  });

  it('refuses anything else', () => {
    for (const text of ['BwcH=', 'Bwc+', 'Bwc/', 'B', ' BwcH']) expect(() => decode(text)).toThrow(SyntaxError);
  });
});

describe('frames of the hub', () => {
  const delivery = { type: 'delivery', id: 'i', kind: 'message', epoch: 1, body: 'AA', seq: 3, author: 'desk' };

  it('are read as crates/protocol writes them', () => {
    expect(readEvent(JSON.stringify(delivery))).toEqual({ type: 'delivery', delivery: { id: 'i', kind: 'message', epoch: 1, body: 'AA', seq: 3, author: 'desk' } });
    expect(readEvent('{"type":"opened","epoch":4}')).toEqual({ type: 'opened' });
    expect(readEvent('{"type":"posted","id":"i","seq":2}')).toEqual({ type: 'posted', id: 'i', seq: 2 });
    expect(readEvent('{"type":"refused","id":"i","problem":{"code":"rate-limited","status":429,"title":"","retry_after":7}}')).toEqual({
      type: 'refused', id: 'i', problem: { code: 'rate-limited', status: 429, retryAfter: 7 },
    });
    expect(readEvent('{"type":"refused","problem":{"code":"no-channel","status":404,"title":""}}')).toMatchObject({ id: null });
  });

  it('of a newer kind are known as such; what is malformed is nothing', () => {
    expect(readEvent('{"type":"hologram"}')).toEqual({ type: 'unknown' });
    for (const text of ['', 'null', '[]', '{}', '{"type":1}', '{"type":"posted","id":"i"}', JSON.stringify({ ...delivery, seq: -1 }), JSON.stringify({ ...delivery, author: 'hub' }), JSON.stringify({ ...delivery, epoch: 1.5 }), JSON.stringify({ ...delivery, kind: 'x' })]) {
      expect(readEvent(text), text).toBeUndefined();
    }
  });

  it('of a long-poll are all read or none', () => {
    expect(readDeliveries({ envelopes: [delivery], epoch: 1 })).toHaveLength(1);
    expect(readDeliveries({ envelopes: [delivery, {}], epoch: 1 })).toBeUndefined();
    expect(readClaimed({ key_package: 'AA', last_resort: true })).toBe('AA');
    expect(readClaimed({ key_package: 1 })).toBeUndefined();
  });

  it('that are no problem details still give the status and the header', () => {
    expect(readProblem(undefined, 503, '12')).toEqual({ code: 'unknown', status: 503, retryAfter: 12 });
    expect(readProblem('text', 502, 'Wed, 21 Oct 2026 07:28:00 GMT')).toEqual({ code: 'unknown', status: 502, retryAfter: null });
  });
});

describe('payloads of the desk', () => {
  it('are read as crates/protocol writes them', () => {
    expect(readFromDesk({ kind: 'holder', holder: { who: 'agent', name: 'Mara' } })).toEqual({ kind: 'holder', holder: { who: 'agent', name: 'Mara' } });
    expect(readFromDesk({ kind: 'text', id: 'i', speaker: 'agent', text: 't', at: 5 })).toEqual({ kind: 'text', id: 'i', speaker: 'agent', text: 't', citations: [], card: null, quickReplies: [], at: 5 });
    expect(readFromDesk({ kind: 'notice', code: 'delayed' })).toEqual({ kind: 'notice', code: 'delayed' });
  });

  it('that are not known or malformed are unknown, never an error', () => {
    for (const value of [null, 1, 'x', [], {}, { kind: 'hologram' }, { kind: 'text', id: 1 }, { kind: 'holder', holder: { who: 'ghost' } }, { kind: 'holder' }]) {
      expect(readFromDesk(value)).toEqual({ kind: 'unknown' });
    }
  });

  it('of a message with a card have its two labels', () => {
    const read = readFromDesk({ kind: 'text', id: 'i', speaker: 'assistant', text: 't', at: 5, card: { confirm: ' Yes, do it ', decline: 'No' } });
    expect(read).toMatchObject({ text: 't', card: { confirm: 'Yes, do it', decline: 'No' } });
  });

  it('of a message with quick replies are read all together or not at all', () => {
    const read = (quick_replies: unknown) => readFromDesk({ kind: 'text', id: 'i', text: 't', quick_replies });
    expect(read(['Returns', 'Refunds'])).toMatchObject({ quickReplies: ['Returns', 'Refunds'] });
    for (const wrong of [undefined, 'Returns', { 0: 'Returns' }, ['Returns', 7], ['Returns', null]]) {
      expect(read(wrong), JSON.stringify(wrong)).toMatchObject({ text: 't', quickReplies: [] });
    }
  });

  it('of a message with a malformed card are the message without one', () => {
    const long = 'x'.repeat(LABEL_LIMIT + 1);
    for (const card of [null, 1, 'Yes', [], {}, { confirm: 'Yes' }, { confirm: 'Yes', decline: 7 }, { confirm: ' ', decline: 'No' }, { confirm: 'Yes', decline: long }, { confirm: 'Same', decline: ' Same' }]) {
      expect(readFromDesk({ kind: 'text', id: 'i', speaker: 'assistant', text: 't', at: 5, card }), JSON.stringify(card)).toMatchObject({ kind: 'text', text: 't', card: null });
    }
    const fits = { confirm: '🙂'.repeat(LABEL_LIMIT), decline: '<b>No</b>' };
    expect(readFromDesk({ kind: 'text', id: 'i', text: 't', card: fits })).toMatchObject({ card: fits });
  });

  it('of a speaker that is not known are never shown as a person', () => {
    expect(readFromDesk({ kind: 'text', id: 'i', speaker: 'oracle', text: 't' })).toMatchObject({ speaker: 'desk' });
  });
});
