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
  | { kind: 'want_person'; id: string }
  | { kind: 'typing' };

export type Speaker = 'assistant' | 'agent' | 'desk';

export type Holder = { who: 'assistant' } | { who: 'waiting' } | { who: 'agent'; name: string } | { who: 'closed' };

export interface Citation {
  title: string;
  url: string | null;
  quote: string;
}

export type FromDesk =
  | { kind: 'received'; id: string }
  | { kind: 'piece'; id: string; text: string }
  | { kind: 'text'; id: string; speaker: Speaker; text: string; citations: Citation[]; at: number }
  | { kind: 'typing'; speaker: Speaker }
  | { kind: 'holder'; holder: Holder }
  | { kind: 'notice'; code: string }
  | { kind: 'unknown' };

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
      return { kind, id, speaker: readSpeaker(value['speaker']), text, citations, at: typeof at === 'number' ? at : 0 };
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
