/** What the chat's page and its worker say to each other, and what the page shows. */
import type { Card, Citation, Consents, Holder, Speaker } from '../protocol/payload.ts';

export type Phase =
  /** The worker is looking for an earlier conversation. */
  | 'loading'
  /** None yet: the notice is shown. */
  | 'new'
  /** Messages can be written. */
  | 'open'
  /** The desk could not prove itself by the pinned key. Nothing is sent. */
  | 'refused'
  /** The hub does not know the conversation any more. */
  | 'ended'
  /** This browser lacks what the encryption needs. */
  | 'unsupported';

export interface Connection {
  state: 'idle' | 'connecting' | 'online' | 'offline' | 'busy';
}

/** How far a message of the customer has come: not posted, stored at the hub, stored at the desk, refused. */
export type Mark = 'sending' | 'sent' | 'delivered' | 'failed';

/** A line that is not a message. The words are in translations/ under `widget.line.`. */
export type LineCode =
  | 'newer-version'
  | 'identity-refused'
  | 'delayed'
  | 'unknown'
  | 'unreadable'
  | 'state-lost'
  | 'not-kept'
  | 'members-changed'
  | 'agent-joined'
  | 'assistant-back'
  | 'closed'
  | 'hub-not-asked'
  | 'storage-full';

/** Which button of which card was pressed; a card has the id of the message that it stands below. */
export interface Press {
  card: string;
  yes: boolean;
}

export type Entry =
  /** Something written, or the label of a button that was pressed. */
  | { type: 'own'; id: string; at: number; text: string; press?: Press; mark: Mark }
  | { type: 'want-person'; id: string; at: number; mark: Mark }
  | { type: 'desk'; id: string; at: number; speaker: Speaker; name: string | null; text: string; citations: Citation[]; card?: Card | null; quickReplies?: string[]; partial: boolean }
  | { type: 'line'; id: string; at: number; code: LineCode; name: string | null };

export interface Status {
  phase: Phase;
  connection: Connection;
  holder: Holder;
  safetyNumber: string | null;
  consents: Consents;
  /** Whether the encryption is loaded; before, messages wait. */
  ready: boolean;
  /** Whether another tab of this browser holds the conversation. */
  follows: boolean;
}

export interface View {
  status: Status;
  entries: Entry[];
}

export interface StartConfig {
  desk: string;
  hub: string;
  identity: string | null;
}

export type Command =
  | { type: 'begin'; consents: Consents; language: string; notice: string; identity: string | null }
  | { type: 'send'; id: string; text: string }
  | { type: 'press'; id: string; press: Press }
  | { type: 'again'; id: string }
  | { type: 'want-person'; id: string }
  | { type: 'typing' }
  | { type: 'consent'; consents: Consents }
  /** Greets the desk again: in another language, or for a person who has signed in since. */
  | { type: 'greet'; language: string | null; identity: string | null }
  | { type: 'wake' }
  | { type: 'forget' };

export type ToWorker = { type: 'start'; config: StartConfig } | { type: 'command'; command: Command };

export type Update =
  | { type: 'view'; view: View }
  | { type: 'status'; status: Status }
  | { type: 'entry'; entry: Entry }
  | { type: 'typing'; speaker: Speaker };

export const initialStatus: Status = {
  phase: 'loading',
  connection: { state: 'idle' },
  holder: { who: 'assistant' },
  safetyNumber: null,
  consents: { assistant: false, improve: false },
  ready: false,
  follows: false,
};

/** The most characters (Unicode code points) that one message may have. */
export const MESSAGE_LIMIT = 4000;
