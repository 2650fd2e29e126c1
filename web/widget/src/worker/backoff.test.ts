import { expect, it } from 'vitest';
import { delay } from './backoff.ts';

it('grows, is spread at random and has an end', () => {
  expect([0, 1, 2, 3].map((failures) => delay(failures, null, 1))).toEqual([500, 1000, 2000, 4000]);
  expect(delay(1000, null, 1)).toBe(30_000);
  expect(delay(5, null, 0)).toBe(100);
  expect(delay(5, null, 0.5)).toBe(8_000);
});

it('keeps to what the hub asks, never earlier', () => {
  expect(delay(0, 30, 0)).toBe(30_000);
  expect(delay(9, 30, 1)).toBe(36_000);
  expect(delay(0, 1_000_000, 1)).toBe(900_000);
});
