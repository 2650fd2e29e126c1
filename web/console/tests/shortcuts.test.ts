import { expect, test, vi } from 'vitest';
import { shortcutOf, SHORTCUTS } from '../src/lib/shortcuts';

// There is no page here, so nobody writes in a field.
vi.stubGlobal('Element', class {});

const press = (key: string, held: Partial<Record<'ctrlKey' | 'metaKey' | 'altKey', boolean>> = {}) =>
  shortcutOf({ key, ctrlKey: false, metaKey: false, altKey: false, target: null, ...held });

test('letters act alone, never with another key of the system', () => {
  expect(press('t')).toBe('take-over');
  expect(press('?')).toBe('help');
  expect(press('t', { ctrlKey: true })).toBeNull();
  expect(press('c')).toBeNull();
  expect(press('C')).toBe('close');
  expect(press('Enter')).toBeNull();
});

test('no key means two things', () => {
  const keys = SHORTCUTS.flatMap((shortcut) => shortcut.keys);
  expect(new Set(keys).size).toBe(keys.length);
});
