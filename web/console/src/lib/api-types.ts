// placeholder until generated
export type Timestamp = number;
export type Holder = 'assistant' | 'waiting' | 'me' | 'colleague' | 'closed';
export type MessageSpeaker = 'customer' | 'assistant' | 'agent' | 'note';
export interface ConversationRow { id: string; holder: Holder; holder_name: string | null; language: string; opened_at: Timestamp; last_at: Timestamp; waiting_since: Timestamp | null }
export interface ConversationList { conversations: ConversationRow[] }
export interface CitationView { title: string; url: string | null; quote: string }
export interface MessageView { position: number; speaker: MessageSpeaker; text: string; at: Timestamp; citations: CitationView[]; hand_off: string | null }
export interface ConversationDetail { conversation: ConversationRow; identified: boolean; messages: MessageView[]; tokens: string[]; safety_number: string }
export interface SessionView { name: string; email: string }
export interface SignIn { email: string; password: string; code: string }
export interface EnrolmentOffer { secret: string; issuer: string; expires_at: Timestamp }
export interface Enrol { token: string; name: string; email: string; password: string; code: string }
export interface EnrolmentToken { token: string }
export interface ReplyBody { text: string }
export type ProblemCode = string;
export interface Problem { code: ProblemCode; status: number; title: string; retry_after?: number | null; instance?: string | null }
