/** The settings on the launcher's own script tag, checked once. */

export interface LauncherConfig {
  /** Pinned desk key, or two separated by a space while one replaces the other. */
  desk: string;
  /** The hub's base address. */
  hub: string;
  /** Where the page tells who is signed in; always of the page's own origin. */
  identityUrl: URL | null;
  language: string | null;
  position: 'left' | 'right';
  /** Hosts that answers may link to. */
  links: string[];
  /** The chat's page, beside this script. */
  chat: URL;
}

const DESK = /^[\w-]{43}( [\w-]{43})?$/;

/** Reads the tag; says in the console what is wrong with it and returns nothing when the chat cannot run. */
export function readConfig(page: Document): LauncherConfig | undefined {
  const script = page.currentScript ?? page.querySelector('script[data-desk][src$="/sotto.js"]');
  if (!(script instanceof HTMLScriptElement)) return wrong('the script tag with data-desk was not found');
  const { desk = '', hub = '', identityUrl, language, position, links = '' } = script.dataset;
  if (!DESK.test(desk.trim())) return wrong('data-desk must be the desk key, or two separated by a space');
  const hubUrl = URL.canParse(hub) ? new URL(hub) : undefined;
  if (!hubUrl || !/^https?:$/.test(hubUrl.protocol)) return wrong('data-hub must be the address of the hub');
  const identity = identityUrl ? new URL(identityUrl, page.baseURI) : null;
  if (identity && identity.origin !== location.origin) return wrong("data-identity-url must be of the page's own origin");
  return {
    desk: desk.trim(),
    hub: hubUrl.href.replace(/\/+$/, ''),
    identityUrl: identity,
    language: language ?? null,
    position: position === 'left' ? 'left' : 'right',
    links: links.split(/\s+/).filter(Boolean),
    chat: new URL('chat.html', script.src),
  };
}

function wrong(what: string): undefined {
  console.error(`Sotto: ${what}.`);
}
