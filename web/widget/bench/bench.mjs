// Measures what the customer's browser loads and does: `npm run bench`. Prints a table with the budgets and fails
// when one is missed. Needs the built widget (`dist`) and `cargo build -p e2ee --example interop` (the desk).
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';
import { budgets, parts } from '../build/budget.mjs';
import { servePage, serveWidget } from '../tests/serve.mjs';
import { hasSealedDesk, sealedDesk } from '../tests/sealed-desk.mjs';
import { startHub } from '../tests/standin-hub.mjs';
import { measureSealing } from './sealing.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const folder = join(root, 'dist');
if (!existsSync(folder)) fail('dist is missing: run `cargo xtask up` or `npm run build` first');
if (!hasSealedDesk()) {
  console.log('building the desk that the bench talks to (cargo build -p e2ee --example interop)');
  execFileSync('cargo', ['build', '--quiet', '-p', 'e2ee', '--example', 'interop'], { cwd: join(root, '../..'), stdio: 'inherit' });
}

const ROUNDS = 7;
const SLOWED = 4;
const ARGS = ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'];
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: ARGS });

const rows = Object.entries(parts(folder)).map(([part, octets]) => ({ what: `${part}, brotli`, value: octets, budget: budgets[part], unit: 'octets' }));
const opening = [];
for (let round = 0; round < ROUNDS; round += 1) opening.push(await measureOpening());
const median = (pick) => opening.map(pick).sort((a, b) => a - b)[Math.floor(ROUNDS / 2)];
const worst = (pick) => Math.max(...opening.map(pick));
rows.push(
  { what: `click to notice usable, CPU ${SLOWED}× slower, median`, value: median(({ notice }) => notice), budget: 1500, unit: 'ms' },
  { what: '  the same, slowest', value: worst(({ notice }) => notice), budget: null, unit: 'ms' },
  { what: 'click to encryption ready, median', value: median(({ ready }) => ready), budget: 1500, unit: 'ms' },
  { what: '  the same, slowest', value: worst(({ ready }) => ready), budget: null, unit: 'ms' },
  { what: 'start to first message at the desk, median', value: median(({ begun }) => begun), budget: null, unit: 'ms' },
);
const sealing = await measureSealing(browser, folder);
rows.push(
  { what: 'seal 1 kB, median', value: sealing.seal, budget: null, unit: 'ms' },
  { what: 'open 1 kB, median', value: sealing.open, budget: null, unit: 'ms' },
  { what: 'seal and open 1 kB, median', value: sealing.seal + sealing.open, budget: 2, unit: 'ms' },
  { what: 'state to octets, median', value: sealing.state, budget: null, unit: 'ms' },
);
await browser.close();

const [load] = loadavg();
if (load > cpus().length) console.log(`this machine is busy with other work (load ${load.toFixed(1)} on ${cpus().length} cores): the times are too long\n`);
let missed = 0;
for (const { what, value, budget, unit } of rows) {
  const over = budget !== null && value > budget;
  if (over) missed += 1;
  const shown = unit === 'octets' ? String(value) : value.toFixed(value < 10 ? 2 : 0);
  console.log(`${what.padEnd(52)}${shown.padStart(9)} ${unit.padEnd(7)}${budget === null ? '' : `of ${budget}${over ? '  OVER' : ''}`}`);
}
process.exitCode = missed ? 1 : 0;

/**
 * One customer with an empty cache: from the click on the launcher until the notice can be used, until the
 * encryption is ready, and from the start until the desk has the first message.
 */
async function measureOpening() {
  let heard = () => undefined;
  const hub = await startHub({ answer: (payload) => payload.kind === 'text' && heard(), desk: await sealedDesk() });
  let shop;
  const widget = await serveWidget(folder, { hub: hub.origin, pages: () => [shop.origin] });
  shop = await servePage({ widget: widget.origin, hub: hub.origin, desk: hub.desk.key });
  const context = await browser.newContext({ viewport: { width: 1000, height: 820 } });
  // The times are taken inside the browser, as what is waited for appears, so the tool that drives it does not count.
  await context.addInitScript(() => {
    const now = () => performance.timeOrigin + performance.now();
    globalThis.seen = {};
    addEventListener('click', () => (globalThis.seen.click ??= now()), { capture: true });
    const look = () => {
      if (document.querySelector('[data-testid=start]:enabled')) globalThis.seen.start ??= now();
      if (document.querySelector('main[data-ready=true]')) globalThis.seen.ready ??= now();
    };
    new MutationObserver(look).observe(document, { subtree: true, childList: true, attributes: true });
  });
  const page = await context.newPage();
  const slow = await context.newCDPSession(page);
  await page.goto(shop.origin);
  await page.getByTestId('launcher').waitFor();
  await slow.send('Emulation.setCPUThrottlingRate', { rate: SLOWED });
  const chat = page.frameLocator('sotto-chat iframe');
  await page.getByTestId('launcher').click();
  await chat.locator('main[data-ready=true]').waitFor();
  const clicked = await page.evaluate(() => globalThis.seen.click);
  const seen = await chat.locator('main').evaluate(() => globalThis.seen);
  const notice = seen.start - clicked;
  const ready = Math.max(seen.start, seen.ready) - clicked;
  await chat.getByTestId('consent-assistant').check();
  const begin = performance.now();
  const arrived = new Promise((resolve, reject) => {
    heard = resolve;
    setTimeout(() => reject(new Error('the first message did not reach the desk in 30 s')), 30_000).unref();
  });
  await chat.getByTestId('start').click();
  await chat.getByTestId('input').fill('Hello');
  await chat.getByTestId('send').click();
  await arrived;
  const begun = performance.now() - begin;
  await context.close();
  for (const server of [hub, widget, shop]) server.close();
  return { notice, ready, begun };
}

function fail(what) {
  console.error(`widget bench: ${what}`);
  process.exit(1);
}
