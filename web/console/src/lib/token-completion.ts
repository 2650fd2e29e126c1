// Inserting tokens into an answer: a click puts one at the cursor, `[` offers those of this conversation.
import { readToken } from './message-parts';

export interface Edit {
  text: string;
  cursor: number;
}

/** What is being typed after a `[` before the cursor, or null when no token is being typed. */
export function typedStart(text: string, cursor: number): string | null {
  const open = text.lastIndexOf('[', cursor - 1);
  if (open < 0) return null;
  const typed = text.slice(open + 1, cursor);
  return /^[A-Za-z_]{0,31}[\d.]{0,15}$/.test(typed) ? typed : null;
}

/** Tokens that what was typed may become, in the order in which the conversation issued them. */
export function offers(tokens: readonly string[], typed: string): string[] {
  const wanted = typed.toUpperCase();
  return tokens.filter((token) => token.slice(1).startsWith(wanted) || token.includes(`_${wanted}`));
}

/** Replaces the begun `[…` before the cursor with the token. */
export function complete(text: string, cursor: number, token: string): Edit {
  const open = text.lastIndexOf('[', cursor - 1);
  return replace(text, open < 0 ? cursor : open, cursor, token);
}

/** Puts the token where the cursor or the selection is, with a space before it where a word ends there. */
export function insert(text: string, start: number, end: number, token: string): Edit {
  const space = start > 0 && /[\p{L}\p{N},;:.!?)]/u.test(text[start - 1] ?? '') ? ' ' : '';
  return replace(text, start, end, space + token);
}

/** Tokens in an answer that this conversation never issued: they would reach the customer as nothing. */
export function foreign(text: string, tokens: readonly string[]): string[] {
  const known = new Set(tokens);
  const written = text.match(/\[[A-Z][A-Z_]{0,30}_[\d.]{1,15}\]/g) ?? [];
  return [...new Set(written)].filter((token) => readToken(token) !== null && !known.has(token));
}

function replace(text: string, start: number, end: number, by: string): Edit {
  return { text: text.slice(0, start) + by + text.slice(end), cursor: start + by.length };
}
