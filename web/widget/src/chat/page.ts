/** The way to the business's page: only its window, only its exact origin. */
import type { FromChat, FromPage } from '../bridge/page.ts';

export interface Page {
  /** The exact origin of the business's page. */
  origin: string;
  tell(message: FromChat): void;
  /** Who is signed in on the page, as a signed token; null when nobody is, or the page does not answer. */
  identity(): Promise<string | null>;
}

const ANSWER_MS = 10_000;

/** The launcher names its origin in the fragment; a wrong one hears nothing and cannot speak. */
export function joinPage(hear: (message: FromPage) => void): Page | undefined {
  const claimed = decodeURIComponent(location.hash.slice(1));
  if (!URL.canParse(claimed) || window.parent === window) return undefined;
  const { origin } = new URL(claimed);
  const asked = new Map<number, (token: string | null) => void>();
  let asks = 0;

  addEventListener('message', (event: MessageEvent<FromPage>) => {
    if (event.source !== window.parent || event.origin !== origin) return;
    if (event.data.sotto === 'identity') {
      asked.get(event.data.ask)?.(event.data.token);
      asked.delete(event.data.ask);
    } else {
      hear(event.data);
    }
  });

  const tell = (message: FromChat): void => window.parent.postMessage(message, origin);
  return {
    origin,
    tell,
    identity: () =>
      new Promise((resolve) => {
        asks += 1;
        asked.set(asks, resolve);
        setTimeout(() => resolve(null), ANSWER_MS);
        tell({ sotto: 'identity', ask: asks });
      }),
  };
}
