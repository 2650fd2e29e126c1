// The order of the list: who waits for a person first, longest first; then what is mine; the rest by last word.
import type { ConversationRow, HolderView } from './api-types';

/** Groups in the order in which they are shown. */
export const GROUPS = ['waiting', 'me', 'colleague', 'assistant', 'closed'] as const satisfies readonly HolderView[];

export interface Group {
  holder: HolderView;
  rows: ConversationRow[];
}

/** The groups that have conversations. */
export function grouped(rows: readonly ConversationRow[]): Group[] {
  return GROUPS.map((holder) => ({
    holder,
    rows: rows.filter((row) => row.holder === holder).sort(holder === 'waiting' ? longestWait : lastWord),
  })).filter((group) => group.rows.length > 0);
}

/** Since when this one waits for a person. */
export function waitsSince(row: ConversationRow): number {
  return row.waiting_since ?? row.last_at;
}

/** The part of an id that people say to each other. */
export function shortId(id: string): string {
  return id.slice(0, 6);
}

function longestWait(one: ConversationRow, other: ConversationRow): number {
  return waitsSince(one) - waitsSince(other) || one.id.localeCompare(other.id);
}

function lastWord(one: ConversationRow, other: ConversationRow): number {
  return other.last_at - one.last_at || one.id.localeCompare(other.id);
}
