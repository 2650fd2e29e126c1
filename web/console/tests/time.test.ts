import { expect, test } from 'vitest';
import { languageName, lasted } from '../src/lib/time';

test('a wait is told in the largest unit that fits', () => {
  const waits = (seconds: number, language = 'en') => lasted(0, seconds * 1000, language, 'now');
  expect(waits(59)).toBe('now');
  expect(waits(60)).toBe('1 min');
  expect(waits(3599)).toBe('59 min');
  expect(waits(3600)).toBe('1 hr');
  expect(waits(50 * 3600)).toBe('2 days');
  expect(waits(240, 'de')).toBe('4 Min.');
  expect(lasted(5000, 0, 'en', 'now')).toBe('now');
});

test('a language that nobody knows is shown as its tag', () => {
  expect(languageName('de', 'en')).toBe('German');
  expect(languageName('not a tag', 'en')).toBe('not a tag');
});
