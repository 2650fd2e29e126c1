import { expect, test } from 'vitest';
import type { ConversationRow, HolderView } from '../src/lib/api-types';
import { grouped } from '../src/lib/queue';

const row = (id: string, holder: HolderView, last_at: number, waiting_since: number | null = null): ConversationRow => ({
  id, holder, holder_name: null, language: 'en', opened_at: 0, last_at, waiting_since,
});

test('who waits longest comes first, the rest by the last word', () => {
  const groups = grouped([
    row('a', 'closed', 9), row('b', 'waiting', 8, 7), row('c', 'me', 1), row('d', 'waiting', 9, 3), row('e', 'me', 5),
    row('f', 'assistant', 2),
  ]);
  expect(groups.map((group) => [group.holder, group.rows.map((row) => row.id).join('')])).toEqual([
    ['waiting', 'db'], ['me', 'ec'], ['assistant', 'f'], ['closed', 'a'],
  ]);
});
