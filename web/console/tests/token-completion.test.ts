import { expect, test } from 'vitest';
import { complete, foreign, insert, offers, typedStart } from '../src/lib/token-completion';

const TOKENS = ['[ORDER_1]', '[EMAIL_1]', '[EMAIL_2]', '[BIRTH_DATE_1]'];

test('a bracket offers every token, letters narrow them down', () => {
  expect(offers(TOKENS, typedStart('I wrote to [', 12) ?? '?')).toEqual(TOKENS);
  expect(offers(TOKENS, typedStart('I wrote to [em', 14) ?? '?')).toEqual(['[EMAIL_1]', '[EMAIL_2]']);
  expect(offers(TOKENS, 'date')).toEqual(['[BIRTH_DATE_1]']);
  expect(offers(TOKENS, 'EMAIL_2')).toEqual(['[EMAIL_2]']);
});

test('nothing is offered where no token begins', () => {
  for (const text of ['', 'hello', '[EMAIL_1] and', '[see below', 'a [b c']) expect(typedStart(text, text.length), text).toBeNull();
});

test('a choice replaces what was begun and leaves the rest', () => {
  expect(complete('To [em now', 6, '[EMAIL_1]')).toEqual({ text: 'To [EMAIL_1] now', cursor: 12 });
});

test('a click inserts at the cursor, with a space after a word', () => {
  expect(insert('Hello', 5, 5, '[PERSON_1]')).toEqual({ text: 'Hello [PERSON_1]', cursor: 16 });
  expect(insert('Hello you', 6, 9, '[PERSON_1]')).toEqual({ text: 'Hello [PERSON_1]', cursor: 16 });
  expect(insert('', 0, 0, '[PERSON_1]').text).toBe('[PERSON_1]');
});

test('tokens of no conversation are named once', () => {
  expect(foreign('[EMAIL_1] [EMAIL_9] [EMAIL_9] [sic]', TOKENS)).toEqual(['[EMAIL_9]']);
});
