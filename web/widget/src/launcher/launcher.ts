/**
 * The launcher: a button on the business's page that opens the chat.
 *
 * Boundary: it runs inside a foreign page, so it touches nothing of it: one element with a shadow root, styled
 * by a constructed sheet (no inline style, no markup from text: strict CSP and Trusted Types hold). The shadow
 * root is open on purpose: a closed one keeps no attacker out, only assistive tools and tests.
 * Invariant: before the first click no request is made and nothing is stored.
 */
import { readConfig } from './config.ts';
import { fetchIdentity } from './identity.ts';
import { draw } from './draw.ts';
import { wordsFor } from './words.ts';
import type { FromChat, FromPage } from '../bridge/page.ts';

const config = readConfig(document);
if (config) launch(config);

function launch(config: NonNullable<ReturnType<typeof readConfig>>): void {
  const words = wordsFor(config.language ?? document.documentElement.lang ?? navigator.language);
  const { host, panel, button, badge } = draw(config.position);
  const chatOrigin = config.chat.origin;
  let frame: HTMLIFrameElement | undefined;
  /** Before the chat has spoken its window is still empty and of the page's own origin. */
  let ready = false;
  let open = false;
  let unread = 0;

  const tell = (message: FromPage): void => {
    if (ready) frame?.contentWindow?.postMessage(message, chatOrigin);
  };

  const show = (next: boolean): void => {
    open = next;
    if (open && !frame) {
      frame = document.createElement('iframe');
      frame.title = words.title;
      frame.referrerPolicy = 'no-referrer';
      frame.setAttribute('sandbox', 'allow-scripts allow-same-origin allow-forms allow-popups allow-popups-to-escape-sandbox');
      frame.src = `${config.chat.href}#${encodeURIComponent(location.origin)}`;
      panel.append(frame);
    }
    panel.hidden = !open;
    host.toggleAttribute('data-open', open);
    if (open) unread = 0;
    label();
    tell({ sotto: open ? 'shown' : 'hidden' });
    if (open) frame?.focus();
    else button.focus();
  };

  const label = (): void => {
    const name = open ? words.close : words.open;
    button.setAttribute('aria-label', unread ? `${name}. ${words.unread.replace('{count}', `${unread}`)}` : name);
    button.setAttribute('aria-expanded', `${open}`);
    badge.hidden = !unread;
    badge.textContent = unread > 9 ? '9+' : `${unread}`;
  };

  button.addEventListener('click', () => show(!open));
  host.addEventListener('keydown', (event) => {
    if (event.key === 'Escape' && open) show(false);
  });

  addEventListener('message', (event: MessageEvent<FromChat>) => {
    if (event.origin !== chatOrigin || !frame || event.source !== frame.contentWindow) return;
    const message = event.data;
    switch (message.sotto) {
      case 'ready':
        ready = true;
        tell({
          sotto: 'open',
          desk: config.desk,
          hub: config.hub,
          language: config.language,
          identity: config.identityUrl !== null,
          links: config.links,
        });
        tell({ sotto: open ? 'shown' : 'hidden' });
        break;
      case 'close':
        show(false);
        break;
      case 'unread':
        unread = open ? 0 : message.count;
        label();
        break;
      case 'identity':
        void fetchIdentity(config.identityUrl).then((token) => tell({ sotto: 'identity', ask: message.ask, token }));
        break;
    }
  });

  label();
  // A script in the head that comes from the cache can run before there is a body.
  if (document.body) document.body.append(host);
  else addEventListener('DOMContentLoaded', () => document.body.append(host));
}
