// Made from the staff API’s description by `npm test -- -u`; a test fails while it differs. Do not edit.

/** 16 octets as base64url without padding */
export type ChannelId = string;

/** Where an answer of the assistant comes from. */
export interface CitationView {
  /** The article's own words. */
  quote: string;
  title: string;
  url: string | null;
}

/** A conversation as an agent sees it: tokens, never values. */
export interface ConversationDetail {
  conversation: ConversationRow;
  /** Whether the business's page vouches for who the customer is. */
  identified: boolean;
  /** Oldest first. */
  messages: MessageView[];
  /** The customer's device shows the same when nobody is in the middle. */
  safety_number: string;
  /** What an answer may contain, for example `[EMAIL_1]`. */
  tokens: string[];
}

/** Those that changed last, first; 200 at the most. */
export interface ConversationList {
  conversations: ConversationRow[];
}

/** A conversation in the list. */
export interface ConversationRow {
  holder: HolderView;
  /** The name of the colleague who holds it. */
  holder_name: string | null;
  /** The hub's channel. */
  id: ChannelId;
  /** BCP 47 tag of the customer's language. */
  language: string;
  /** When something was last said. */
  last_at: Timestamp;
  opened_at: Timestamp;
  waiting_since: Timestamp | null;
}

/** An account to be made. */
export interface Enrol {
  /** The first code that the app shows. */
  code: string;
  /** For signing in. */
  email: string;
  /** What customers see. */
  name: string;
  password: string;
  /** The enrolment link's. */
  token: string;
}

/** What an account can be made with. */
export interface EnrolmentOffer {
  /** Until when the link works. */
  expires_at: Timestamp;
  /** What the app shows beside the code. */
  issuer: string;
  /** The secret for one-time codes (RFC 6238), in base32. */
  secret: string;
}

/** An enrolment link's token. */
export interface EnrolmentToken {
  token: string;
}

/** Who holds a conversation, as the person who asks sees it. */
export type HolderView = 'assistant' | 'waiting' | 'me' | 'colleague' | 'closed';

/** Who said it. */
export type MessageSpeaker = 'customer' | 'assistant' | 'agent' | 'note';

/** One message, masked. */
export interface MessageView {
  at: Timestamp;
  citations: CitationView[];
  /** Of a note: the stable code of the reason why a person is needed. */
  hand_off: string | null;
  /** Its place in the conversation. */
  position: number;
  speaker: MessageSpeaker;
  /** In tokens, with a small part of Markdown. Of a note: what the assistant tells whoever takes over. */
  text: string;
}

/** Problem details, `application/problem+json`. */
export interface Problem {
  /** The stable code. */
  code: ProblemCode;
  /** The channel's present epoch, with `stale-epoch`. */
  epoch?: number | null;
  /** Finds an internal fault in the log. */
  instance?: string | null;
  /** Seconds after which trying again makes sense. */
  retry_after?: number | null;
  /** The HTTP status. */
  status: number;
  /** One sentence, ours, that says what to do. */
  title: string;
}

/** A stable name for what went wrong; the last part of a problem's `type`. */
export type ProblemCode = 'malformed' | 'too-large' | 'unauthorized' | 'no-channel' | 'no-desk' | 'no-key-package' | 'stale-epoch' | 'channel-exists' | 'envelope-mismatch' | 'rate-limited' | 'quota-exceeded' | 'storage-full' | 'storage-busy' | 'forbidden' | 'not-holder' | 'wrong-credentials' | 'no-enrolment' | 'weak-password' | 'account-exists' | 'wrong-code' | 'not-found' | 'unavailable' | 'internal' | 'unknown';

/** An answer. */
export interface Reply {
  /** Words and tokens of this conversation, for example `[EMAIL_1]`. */
  text: string;
}

/** The person who is signed in. */
export interface SessionView {
  /** For signing in; customers never see it. */
  email: string;
  /** What customers see. */
  name: string;
}

/** What a person shows to get in. */
export interface SignIn {
  /** Six digits; each code works once. */
  code: string;
  email: string;
  password: string;
}

/** Milliseconds since the Unix epoch, UTC. */
export type Timestamp = number;

/** Each endpoint: what it takes and what it answers. */
export interface Operations {
  'GET /api/conversations': { body: undefined; answer: ConversationList };
  'GET /api/conversations/{id}': { body: undefined; answer: ConversationDetail };
  'POST /api/conversations/{id}/close': { body: undefined; answer: undefined };
  'POST /api/conversations/{id}/give-back': { body: undefined; answer: undefined };
  'POST /api/conversations/{id}/reply': { body: Reply; answer: undefined };
  'POST /api/conversations/{id}/take-over': { body: undefined; answer: undefined };
  'POST /api/conversations/{id}/typing': { body: undefined; answer: undefined };
  'POST /api/enrolment': { body: Enrol; answer: SessionView };
  'POST /api/enrolment/offer': { body: EnrolmentToken; answer: EnrolmentOffer };
  'GET /api/events': { body: undefined; answer: undefined };
  'DELETE /api/session': { body: undefined; answer: undefined };
  'GET /api/session': { body: undefined; answer: SessionView };
  'POST /api/session': { body: SignIn; answer: SessionView };
}
