/**
 * What the launcher (on the business's page) and the chat (in its own origin's iframe) say to each other.
 * Each `postMessage` names the other's exact origin, and each receiver checks origin and window.
 */

/** From the chat to the launcher. */
export type FromChat =
  | { sotto: 'ready' }
  | { sotto: 'close' }
  | { sotto: 'unread'; count: number }
  | { sotto: 'identity'; ask: number };

/** From the launcher to the chat. */
export type FromPage =
  | {
      sotto: 'open';
      /** The pinned desk key or keys, separated by a space, as in `data-desk`. */
      desk: string;
      /** The hub's base address. */
      hub: string;
      /** The language that the page asks for, or nothing: the browser's. */
      language: string | null;
      /** Whether the page can say who is signed in. */
      identity: boolean;
      /** Hosts that answers may link to, besides the page's own. */
      links: string[];
    }
  | { sotto: 'shown' }
  | { sotto: 'hidden' }
  | { sotto: 'identity'; ask: number; token: string | null };
