// How long the browser takes to seal and to open one kilobyte with the generated module, in a worker-like bare page.
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { sealedDesk } from '../tests/sealed-desk.mjs';
import { listen } from '../tests/standin-hub.mjs';

const MESSAGES = 300;
const CHANNEL = Buffer.alloc(16, 9).toString('base64url');
/** A text payload of 1,000 octets. */
const PAYLOAD = { kind: 'text', id: 'AAAAAAAAAAAAAAAAAAAAAA', text: '' };
PAYLOAD.text = 'x'.repeat(1000 - JSON.stringify(PAYLOAD).length);

/** Medians in milliseconds. */
export async function measureSealing(browser, folder) {
  const module = join(folder, '../../e2ee/pkg');
  const types = { '/e2ee.js': 'text/javascript', '/e2ee_bg.wasm': 'application/wasm' };
  const server = createServer((request, response) => {
    const type = types[request.url];
    response.writeHead(200, {
      'content-type': type ?? 'text/html',
      'content-security-policy': "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'",
      // Without these the clock is too coarse to time a message.
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-embedder-policy': 'require-corp',
    });
    response.end(type ? readFileSync(join(module, request.url)) : '<!doctype html><title>bench</title>');
  });
  const origin = await listen(server, 0);
  const desk = await sealedDesk();
  const page = await (await browser.newContext()).newPage();
  await page.goto(origin);

  const welcome = await page.evaluate(
    async ({ channel, keyPackage, pinned }) => {
      const { default: init, Device } = await import('/e2ee.js');
      await init({ module_or_path: '/e2ee_bg.wasm' });
      const decode = (text) => Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), (letter) => letter.charCodeAt(0));
      globalThis.bench = { decode, device: Device.create(channel, decode(keyPackage), pinned, Date.now()) };
      return btoa(String.fromCharCode(...globalThis.bench.device.invitation()));
    },
    { channel: CHANNEL, keyPackage: await desk.keyPackage(), pinned: desk.key },
  );
  await desk.join(CHANNEL, Buffer.from(welcome, 'base64').toString('base64url'));
  const bodies = [];
  for (let count = 0; count < MESSAGES; count += 1) bodies.push(await desk.seal(CHANNEL, PAYLOAD));

  const medians = await page.evaluate(
    ({ bodies, json }) => {
      const { decode, device } = globalThis.bench;
      const time = (work) => {
        const started = performance.now();
        work();
        return performance.now() - started;
      };
      const median = (times) => times.sort((a, b) => a - b)[Math.floor(times.length / 2)];
      const octets = bodies.map(decode);
      return {
        seal: median(octets.map(() => time(() => device.seal(json)))),
        open: median(octets.map((body) => time(() => device.open(body, Date.now())))),
        state: median(octets.map(() => time(() => device.state()))),
      };
    },
    { bodies, json: JSON.stringify(PAYLOAD) },
  );
  await page.context().close();
  desk.close();
  server.close();
  return medians;
}
