/**
 * What is inside the encryption, as in crates/protocol/src/payload.rs. A kind that this version does not know reads
 * as `unknown` and is shown as a plain line; it is never dropped in silence and never an error.
 */
import { isFields, isText } from './wire.ts';

export interface Consents {
  /** The assistant may answer; without it a person does. */
  assistant: boolean;
  /** Anonymised patterns may improve the answers. */
  improve: boolean;
}

export type FromCustomer =
  | { kind: 'hello'; notice: string; language: string; consents: Consents; identity?: string }
  | { kind: 'consent'; consents: Consents }
  | { kind: 'text'; id: string; text: string }
  | { kind: 'press'; id: string; card: string; yes: boolean }
  | { kind: 'want_person'; id: string }
  | { kind: 'typing' };

export type Speaker = 'assistant' | 'agent' | 'desk';

export type Holder = { who: 'assistant' } | { who: 'waiting' } | { who: 'agent'; name: string } | { who: 'closed' };

export interface Citation {
  title: string;
  url: string | null;
  quote: string;
}

/** Two buttons below a message: what it says will be done is done when the one is pressed, never by words. */
export interface Card {
  confirm: string;
  decline: string;
}

export type FromDesk =
  | { kind: 'received'; id: string }
  | { kind: 'piece'; id: string; text: string }
  | { kind: 'text'; id: string; speaker: Speaker; text: string; citations: Citation[]; card: Card | null; quickReplies: string[]; at: number }
  | { kind: 'typing'; speaker: Speaker }
  | { kind: 'holder'; holder: Holder }
  | { kind: 'notice'; code: string }
  | { kind: 'unknown' };

/** So many characters a button's label may have. */
export const LABEL_LIMIT = 60;

/** Reads an opened payload; what is malformed also reads as `unknown`. */
export function readFromDesk(value: unknown): FromDesk {
  const unknown: FromDesk = { kind: 'unknown' };
  if (!isFields(value)) return unknown;
  const { kind, id, text, at } = value;
  switch (kind) {
    case 'received':
      return isText(id) ? { kind, id } : unknown;
    case 'piece':
      return isText(id) && isText(text) ? { kind, id, text } : unknown;
    case 'text': {
      if (!isText(id) || !isText(text)) return unknown;
      const citations = Array.isArray(value['citations']) ? value['citations'].flatMap(readCitation) : [];
      const card = readCard(value['card']);
      // All of them or none: what is left out would seem not to be there.
      const offered = value['quick_replies'];
      const quickReplies = Array.isArray(offered) && offered.every(isText) ? offered : [];
      return { kind, id, speaker: readSpeaker(value['speaker']), text, citations, card, quickReplies, at: typeof at === 'number' ? at : 0 };
    }
    case 'typing':
      return { kind, speaker: readSpeaker(value['speaker']) };
    case 'holder': {
      const holder = readHolder(value['holder']);
      return holder ? { kind, holder } : unknown;
    }
    case 'notice':
      return isText(value['code']) ? { kind, code: value['code'] } : unknown;
    default:
      return unknown;
  }
}

/** A speaker that is not known is never shown as a person. */
function readSpeaker(value: unknown): Speaker {
  return value === 'assistant' || value === 'agent' ? value : 'desk';
}

function readHolder(value: unknown): Holder | undefined {
  if (!isFields(value)) return undefined;
  const { who, name } = value;
  if (who === 'agent') return { who, name: isText(name) ? name : '' };
  return who === 'assistant' || who === 'waiting' || who === 'closed' ? { who } : undefined;
}

function readCitation(value: unknown): Citation[] {
  if (!isFields(value) || !isText(value['title']) || !isText(value['quote'])) return [];
  return [{ title: value['title'], url: isText(value['url']) ? value['url'] : null, quote: value['quote'] }];
}

/** A card is read whole or not at all: a single button, or two that say the same, would leave no choice. */
function readCard(value: unknown): Card | null {
  if (!isFields(value)) return null;
  const confirm = readLabel(value['confirm']);
  const decline = readLabel(value['decline']);
  return confirm && decline && confirm !== decline ? { confirm, decline } : null;
}

function readLabel(value: unknown): string {
  const label = isText(value) ? value.trim() : '';
  return [...label].length > LABEL_LIMIT ? '' : label;
}
