/** The name under which a conversation is stored, locked and shared between tabs. */
import { decode, encode } from '../protocol/base64url.ts';
import { isFields, isText } from '../protocol/wire.ts';
import type { StartConfig } from '../bridge/worker.ts';

/**
 * One conversation for each hub, pinned desk (the first key, which is the one in use) and person: on a shared
 * device nobody sees what another person, who signed in or out since, has written. The name tells nothing: it is a
 * hash.
 */
export async function conversationName(config: Pick<StartConfig, 'desk' | 'hub' | 'identity'>): Promise<string> {
  const [desk = ''] = config.desk.split(' ');
  const parts = [config.hub, desk, personOf(config.identity)];
  const hash = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(JSON.stringify(parts)));
  return `sotto ${encode(new Uint8Array(hash, 0, 16))}`;
}

/** Whom the page's token names. It is not verified here: it only keeps conversations apart; the desk verifies it. */
function personOf(token: string | null): string {
  if (token === null) return '';
  try {
    const claims: unknown = JSON.parse(new TextDecoder().decode(decode(token.split('.')[1] ?? '')));
    return isFields(claims) && isText(claims['sub']) ? claims['sub'] : '';
  } catch {
    return '';
  }
}
