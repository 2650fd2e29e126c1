// Serves the built widget with the headers that it needs in production, and a host page with a strict policy.
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { extname, join, normalize } from 'node:path';
import { listen } from './standin-hub.mjs';
import { headersFor } from '../build/headers.mjs';

const TYPES = { '.js': 'text/javascript', '.css': 'text/css', '.html': 'text/html; charset=utf-8', '.wasm': 'application/wasm' };

/** The chat's own origin. `pages()` gives the origins that may frame it. */
export async function serveWidget(folder, { hub, pages }) {
  const server = createServer((request, response) => {
    const path = normalize(new URL(request.url, 'http://widget').pathname).replace(/^\/+/, '');
    const type = TYPES[extname(path)];
    let octets;
    try {
      octets = type && readFileSync(join(folder, `${path}.br`));
    } catch {
      octets = undefined;
    }
    if (!octets) return response.writeHead(404).end();
    response.writeHead(200, { 'content-type': type, 'content-encoding': 'br', ...headersFor(path, { hub, pages: pages() }) });
    response.end(octets);
  });
  return { origin: await listen(server, 0), close: () => (server.close(), server.closeAllConnections()) };
}

/** A business's page under the strictest policy that still has the chat, with style rules that try to break it. */
export async function servePage({ widget, hub, desk, attributes = '' }) {
  const server = createServer((request, response) => {
    if (request.url === '/me') return response.writeHead(401).end();
    if (request.url === '/page.css') {
      const css = 'div,button,iframe,sotto-chat{display:none!important;transform:rotate(9deg)!important} body{font:16px system-ui;margin:40px;background:#f4f2ec} @media(prefers-color-scheme:dark){body{background:#1c1f1e;color:#ddd}}';
      return response.writeHead(200, { 'content-type': 'text/css' }).end(css);
    }
    response.writeHead(200, {
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': `default-src 'none'; script-src ${widget}; style-src 'self'; frame-src ${widget}; connect-src 'self'; require-trusted-types-for 'script'; trusted-types 'none'`,
    });
    response.end(`<!doctype html><html lang="en"><head><title>A shop</title><meta name="viewport" content="width=device-width"><link rel="stylesheet" href="/page.css"></head><body><main><h1>A shop</h1><p>With a chat.</p></main>
<script src="${widget}/sotto.js" data-desk="${desk}" data-hub="${hub}" data-links="help.example" ${attributes}></script></body></html>`);
  });
  return { origin: await listen(server, 0), close: () => (server.close(), server.closeAllConnections()) };
}
