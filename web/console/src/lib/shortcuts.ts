// One table of keyboard shortcuts: the page acts on it and the help shows it. Single letters can be switched off
// (WCAG 2.2, 2.1.4) and never act while someone writes.
import type { WordKey } from './words.svelte';

export type Shortcut =
  | 'next' | 'previous' | 'open' | 'take-over' | 'reply' | 'give-back' | 'close' | 'details' | 'help' | 'leave';

export const SHORTCUTS: readonly { shortcut: Shortcut; keys: readonly string[]; words: WordKey }[] = [
  { shortcut: 'next', keys: ['j'], words: 'console.shortcut.next' },
  { shortcut: 'previous', keys: ['k'], words: 'console.shortcut.previous' },
  { shortcut: 'open', keys: ['Enter'], words: 'console.shortcut.open' },
  { shortcut: 'take-over', keys: ['t'], words: 'console.shortcut.take_over' },
  { shortcut: 'reply', keys: ['r'], words: 'console.shortcut.reply' },
  { shortcut: 'give-back', keys: ['G'], words: 'console.shortcut.give_back' },
  { shortcut: 'close', keys: ['C'], words: 'console.shortcut.close' },
  { shortcut: 'details', keys: ['d'], words: 'console.shortcut.details' },
  { shortcut: 'leave', keys: ['Escape'], words: 'console.shortcut.leave' },
  { shortcut: 'help', keys: ['?'], words: 'console.shortcut.help' },
];

/** Keys as they are printed on a keyboard. */
export function printed(key: string): string[] {
  if (/^[A-Z]$/.test(key)) return ['⇧', key];
  if (key === 'Escape') return ['Esc'];
  return [key.length === 1 ? key.toUpperCase() : key];
}

/** The shortcut that a key press means; `Enter` and `Escape` are left to the focused element. */
export function shortcutOf(event: Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'metaKey' | 'altKey' | 'target'>): Shortcut | null {
  if (event.ctrlKey || event.metaKey || event.altKey || writes(event.target)) return null;
  if (event.key.length !== 1) return null;
  return SHORTCUTS.find(({ keys }) => keys.includes(event.key))?.shortcut ?? null;
}

function writes(target: EventTarget | null): boolean {
  return target instanceof Element && target.closest('input, textarea, select, [contenteditable]') !== null;
}
