import { expect, test } from 'vitest';
import english from '../../../translations/en.json';
import german from '../../../translations/de.json';
import type { ProblemCode } from '../src/lib/api-types';
import { firstOf, regionalOf } from '../src/lib/words.svelte';

const ours = (words: Record<string, string>) => Object.entries(words).filter(([key]) => key.startsWith('console.'));
const sources = import.meta.glob('../src/**/*.{svelte,ts}', { query: '?raw', import: 'default', eager: true });
const code = Object.values(sources).join('\n');

test('German has the words that English has, with the same gaps to fill', () => {
  const gaps = (words: Record<string, string>) =>
    ours(words).map(([key, text]) => [key, [...text.matchAll(/\{\w+\}/g)].map(([gap]) => gap).sort().join()]);
  expect(gaps(german)).toEqual(gaps(english));
});

test('every word is used', () => {
  // Keys that are put together: the code holds their beginning.
  const joined = ['console.token.', 'console.reason.', 'console.problem.', 'console.speaker.', 'console.holder.', 'console.group.', 'console.reply.', 'console.line.', 'console.theme.'];
  const unused = ours(english)
    .map(([key]) => key.replace(/\.(one|other)$/, ''))
    .filter((key) => !code.includes(`'${key}'`) && !joined.some((stem) => key.startsWith(stem) && code.includes(stem.slice(0, -1))));
  expect(unused).toEqual([]);
});

test('whatever the desk refuses for is said in words', () => {
  const codes: Record<Exclude<ProblemCode, HubOnly>, true> = {
    malformed: true, 'too-large': true, unauthorized: true, 'rate-limited': true, 'storage-full': true,
    'storage-busy': true, forbidden: true, 'not-holder': true, 'wrong-credentials': true, 'no-enrolment': true,
    'weak-password': true, 'account-exists': true, 'wrong-code': true, 'not-found': true, unavailable: true,
    internal: true,
  };
  for (const code of Object.keys(codes)) expect(english).toHaveProperty([`console.problem.${code}`]);
});

/** Codes that the staff API never gives. */
type HubOnly =
  | 'no-channel' | 'no-desk' | 'no-key-package' | 'stale-epoch' | 'channel-exists' | 'envelope-mismatch'
  | 'quota-exceeded' | 'unknown';

test('the first language of the browser that we speak is taken', () => {
  expect(firstOf(['fr-FR', 'de-AT', 'en'])).toBe('de');
  expect(firstOf(['fr'])).toBe('en');
});

test('times are written as in the region that the browser names', () => {
  expect(regionalOf('en', ['de-AT', 'en-GB', 'en-US'])).toBe('en-GB');
  expect(regionalOf('de', ['en-GB'])).toBe('de');
});
