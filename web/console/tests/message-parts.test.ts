import { describe, expect, test } from 'vitest';
import { blocks, inline, readToken, type Inline } from '../src/lib/message-parts';

const written = (parts: Inline[]) => parts.map((part) => (part.kind === 'token' ? part.token.written : part.text)).join('');
const kinds = (parts: Inline[]) => parts.map((part) => part.kind);

describe('tokens', () => {
  test('are found in text, in strong words and twice in a row', () => {
    const parts = inline('Order **[ORDER_1]** for [PERSON_1.2][EMAIL_10].');
    expect(parts.filter((part) => part.kind === 'token').map((part) => part.token)).toEqual([
      { written: '[ORDER_1]', type: 'ORDER', number: '1' },
      { written: '[PERSON_1.2]', type: 'PERSON', number: '1.2' },
      { written: '[EMAIL_10]', type: 'EMAIL', number: '10' },
    ]);
  });

  test('are only what the anonymiser writes', () => {
    for (const text of ['[email_1]', '[EMAIL]', '[EMAIL_]', 'EMAIL_1', '[EMAIL_12345678]', '[1]']) {
      expect(kinds(inline(text)), text).not.toContain('token');
    }
    expect(readToken('[BIRTH_DATE_2]')).toEqual({ written: '[BIRTH_DATE_2]', type: 'BIRTH_DATE', number: '2' });
    expect(readToken('x[EMAIL_1]')).toBeNull();
  });
});

describe('messages', () => {
  test('have paragraphs, lines and lists', () => {
    const all = blocks('One\ntwo\n\n- a\n- b\n1. c\nend');
    expect(all.map((block) => block.kind)).toEqual(['paragraph', 'list', 'list', 'paragraph']);
    expect(all[0]).toMatchObject({ lines: [[{ text: 'One' }], [{ text: 'two' }]] });
    expect(all[2]).toMatchObject({ ordered: true, items: [[{ text: 'c' }]] });
  });

  test('keep every word, whatever is written', () => {
    for (const text of ['2 * 3 * 4 = 24', 'a_b_c', '**unfinished', '`tick', '<img src=x onerror=alert(1)>', '[a](javascript:x)', '[[EMAIL_1]]']) {
      expect(written(inline(text))).toBe(text);
    }
  });

  test('show where a link leads and cannot be clicked', () => {
    expect(inline('[our page](https://example.com/a)')).toEqual([
      { kind: 'text', text: 'our page' },
      { kind: 'text', text: ' (https://example.com/a)' },
    ]);
  });

  test('of a hostile length are read in time', () => {
    const before = performance.now();
    for (const piece of ['*', '[', '`a', '**a', '[A_', '[a](']) blocks(piece.repeat(20_000));
    expect(performance.now() - before).toBeLessThan(1_500);
  });
});
