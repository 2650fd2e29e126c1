/** The entries of a conversation as the customer sees them: pure changes, each returns what changed. */
import type { FromDesk, Holder } from '../protocol/payload.ts';
import type { Entry, LineCode, Mark } from '../bridge/worker.ts';

/** So many are kept; the oldest go first. */
export const KEPT_ENTRIES = 500;

const ORDER: readonly Mark[] = ['failed', 'sending', 'sent', 'delivered'];

/** Puts an entry in, in the place of one with the same type and id. */
export function put(entries: Entry[], entry: Entry): Entry {
  const place = entries.findIndex((other) => other.id === entry.id && other.type === entry.type);
  if (place >= 0) entries[place] = entry;
  else entries.push(entry);
  if (entries.length > KEPT_ENTRIES) entries.splice(0, entries.length - KEPT_ENTRIES);
  return entry;
}

/** How far a message has come. A message that was delivered does not go back to sent. */
export function mark(entries: Entry[], id: string, next: Mark): Entry | undefined {
  const entry = entries.find((other) => other.id === id && (other.type === 'own' || other.type === 'want-person'));
  if (!entry || (entry.type !== 'own' && entry.type !== 'want-person')) return undefined;
  const forward = ORDER.indexOf(next) > ORDER.indexOf(entry.mark);
  const back = entry.mark === 'sending' && next === 'failed';
  if (!forward && !back) return undefined;
  return put(entries, { ...entry, mark: next });
}

/** A piece or a whole message of the desk. A piece that comes after its message is old. */
export function heard(entries: Entry[], payload: FromDesk & { kind: 'piece' | 'text' }, holder: Holder, now: number): Entry | undefined {
  const known = entries.find((other) => other.type === 'desk' && other.id === payload.id);
  if (payload.kind === 'piece') {
    if (known?.type === 'desk' && !known.partial) return undefined;
    const speaker = holder.who === 'agent' ? 'agent' : 'assistant';
    const at = known?.at ?? now;
    return put(entries, { type: 'desk', id: payload.id, at, speaker, name: nameOf(holder, speaker), text: payload.text, citations: [], card: null, partial: true });
  }
  const { id, speaker, text, citations, card, quickReplies } = payload;
  return put(entries, { type: 'desk', id, at: payload.at || now, speaker, name: nameOf(holder, speaker), text, citations, card, quickReplies, partial: false });
}

function nameOf(holder: Holder, speaker: string): string | null {
  return speaker === 'agent' && holder.who === 'agent' && holder.name ? holder.name : null;
}

/** The line that tells of a new holder, when there is something to tell. */
export function holderLine(before: Holder, now: Holder): { code: LineCode; name: string | null } | undefined {
  if (now.who === 'agent') {
    return before.who === 'agent' && before.name === now.name ? undefined : { code: 'agent-joined', name: now.name };
  }
  if (now.who === 'assistant') return before.who === 'agent' || before.who === 'waiting' ? { code: 'assistant-back', name: null } : undefined;
  if (now.who === 'closed') return before.who === 'closed' ? undefined : { code: 'closed', name: null };
  return undefined;
}

/** The line for a notice of the desk. */
export function noticeLine(code: string): LineCode {
  switch (code) {
    case 'newer_version':
      return 'newer-version';
    case 'identity_refused':
      return 'identity-refused';
    case 'delayed':
      return 'delayed';
    default:
      return 'unknown';
  }
}
