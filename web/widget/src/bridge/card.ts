/** Which buttons below a message may be pressed. The worker decides by the same rule as the page shows. */
import type { Holder } from '../protocol/payload.ts';
import type { Entry } from './worker.ts';

type Own = Entry & { type: 'own' };
type Desk = Entry & { type: 'desk' };

/** The last thing that either side said. */
export function lastSaid(entries: readonly Entry[]): Entry | undefined {
  return entries.findLast(({ type }) => type !== 'line');
}

/** The message whose buttons may be pressed: the last of all, as long as the assistant holds the conversation. */
export function asking(entries: readonly Entry[], holder: Holder): Desk | undefined {
  const last = lastSaid(entries);
  return holder.who === 'assistant' && last?.type === 'desk' ? last : undefined;
}

/** The text without the numbered lines that its quick replies say. */
export function besides(text: string, quickReplies: readonly string[]): string {
  const lines = text.split('\n').filter((line) => !quickReplies.includes(line.replace(/^\d\. /, '')));
  return lines.join('\n');
}

/** What the press of a button of this message's card became. */
export function pressOf(entries: readonly Entry[], message: string): Own | undefined {
  return entries.find((entry): entry is Own => entry.type === 'own' && entry.press?.card === message);
}
