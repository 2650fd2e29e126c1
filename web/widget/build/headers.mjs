// The headers that the widget's own origin must send. `headers.json` in the output holds them for any server, with
// {hub}, {hub-socket} and {pages} to be filled in.

const CSP = [
  "default-src 'none'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self' {hub} {hub-socket}",
  "worker-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  'frame-ancestors {pages}',
  "require-trusted-types-for 'script'",
  'trusted-types sotto-worker',
].join('; ');

/** For every file. A worker has its own policy: it is that of the response with its script. */
export const everywhere = {
  'content-security-policy': CSP,
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-resource-policy': 'cross-origin',
  'permissions-policy': 'camera=(), microphone=(), geolocation=(), payment=(), usb=()',
};

/** Files with a hash in their name never change; the two others are asked for anew. */
export const caching = { 'assets/': 'public, max-age=31536000, immutable', '': 'no-cache' };

/** Filled in for one hub and the origins of the pages that may show the chat. */
export function headersFor(path, { hub, pages }) {
  const csp = CSP.replace('{hub}', hub).replace('{hub-socket}', hub.replace(/^http/, 'ws')).replace('{pages}', pages.join(' '));
  const cache = path.startsWith('assets/') ? caching['assets/'] : caching[''];
  return { ...everywhere, 'content-security-policy': csp, 'cache-control': cache };
}
