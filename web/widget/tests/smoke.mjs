// The chat in a real browser against the stand-in hub, under the production headers: `npm run smoke [WORDS]`.
// What the encryption matters to runs twice: with the stand-in, and with the real one and a desk that really
// encrypts, when both are built. With SOTTO_SHOTS=FOLDER it leaves pictures there.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { AxeBuilder } from '@axe-core/playwright';
import { chromium } from 'playwright-core';
import { servePage, serveWidget } from './serve.mjs';
import { answer } from './standin-desk.mjs';
import { sealedDesk, hasSealedDesk } from './sealed-desk.mjs';
import { standinDesk, startHub } from './standin-hub.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const withSealed = hasSealedDesk() && existsSync(join(root, '../e2ee/pkg/e2ee_bg.wasm'));
for (const variant of withSealed ? ['standin', 'sealed'] : ['standin']) {
  execFileSync('node', ['build/build.mjs', '--variant', variant], { cwd: root, stdio: 'inherit' });
}
if (withSealed) {
  execFileSync('node', ['build/build.mjs'], { cwd: root, stdio: 'inherit', env: { ...process.env, SOTTO_TEST_PLAINTEXT: '1' } });
}
const shots = process.env.SOTTO_SHOTS;
if (shots) mkdirSync(shots, { recursive: true });

const ARGS = ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'];
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: ARGS });
const results = { passed: 0, failed: 0 };

if (withSealed) {
  const typed = 'words that nobody in between may read';
  const seenByHub = async (t) => {
    await open(t);
    await write(t, typed);
    await t.by('message-own').locator('[data-mark=sent], [data-mark=delivered]').waitFor();
    const bodies = [...t.hub.channels.values()].flatMap(({ envelopes }) => envelopes.map(({ body }) => Buffer.from(body, 'base64url')));
    return bodies.some((body) => body.includes(typed));
  };
  // The second shows that the first can fail.
  await once('the hub sees nothing of what is typed', async (t) => assert.equal(await seenByHub(t), false), { folder: 'dist', makeDesk: sealedDesk });
  await once('the unsealed build shows it all', async (t) => assert.equal(await seenByHub(t), true), {
    folder: 'dist-plaintext',
    makeDesk: sealedDesk,
    expected: /sends-unsealed/,
  });
}

/** One test: its own hub, origins and browser context. */
async function test(name, run, options = {}) {
  await once(name, run, { ...options, folder: 'dist-standin', makeDesk: standinDesk });
  if (options.sealed && withSealed) await once(`${name} (encrypted)`, run, { ...options, folder: 'dist', makeDesk: sealedDesk });
}

async function once(name, run, options) {
  if (process.argv[2] && !name.includes(process.argv[2])) return;
  const hub = await startHub({ answer, desk: await options.makeDesk() });
  let shop;
  const widget = await serveWidget(join(root, options.folder), { hub: hub.origin, pages: () => [shop.origin] });
  shop = await servePage({ widget: widget.origin, hub: hub.origin, desk: options.pinned ?? hub.desk.key, attributes: options.attributes });
  const context = await browser.newContext({ viewport: { width: 1000, height: 820 }, ...options.context });
  const page = await context.newPage();
  const faults = [];
  const outside = [];
  page.on('console', (message) => ['error', 'warning'].includes(message.type()) && faults.push(message.text()));
  page.on('pageerror', (error) => faults.push(error.message));
  page.on('request', (request) => outside.push(request.url()));
  const shot = async (label) => shots && page.screenshot({ path: join(shots, `${label}.png`) });
  const chat = page.frameLocator('sotto-chat iframe');
  const by = (testid) => chat.getByTestId(testid);
  try {
    await page.goto(shop.origin);
    await run({ page, context, hub, widget, shop, chat, by, shot, faults, outside });
    assert.deepEqual(faults.filter((fault) => !options.expected?.test(fault)), [], 'nothing in the console');
    results.passed += 1;
    console.log(`ok    ${name}`);
  } catch (error) {
    results.failed += 1;
    console.log(`FAIL  ${name}\n${error.stack}\n${faults.join('\n')}`);
    if (shots) await page.screenshot({ path: join(shots, `fail-${results.failed}.png`) });
  } finally {
    await context.close();
    for (const server of [hub, widget, shop]) server.close();
  }
}

async function open({ page, by }, assistant = true) {
  await page.getByTestId('launcher').click();
  await by('disclosure').waitFor();
  if (assistant) await by('consent-assistant').check();
  await by('start').click();
  await by('input').waitFor();
}

async function write({ by }, text) {
  await by('input').fill(text);
  await by('send').click();
}

/** Until nothing moves but what moves for ever. */
async function still({ page, chat }) {
  const finish = () =>
    Promise.all(
      [...document.getAnimations(), ...(document.querySelector('sotto-chat')?.shadowRoot.getAnimations() ?? [])]
        .filter((animation) => animation.effect.getComputedTiming().iterations !== Infinity)
        .map((animation) => animation.finished.catch(() => undefined)),
    ).then(() => undefined);
  await page.evaluate(finish);
  await chat.locator('main').evaluate(finish);
}

async function noViolations(page, label) {
  const { violations } = await new AxeBuilder({ page }).withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']).analyze();
  assert.deepEqual(violations.map(({ id, nodes }) => `${label}: ${id} ${nodes.map(({ target }) => target.join(' ')).join(', ')}`), []);
}

await test('before it is opened nothing is requested and nothing is stored', async ({ page, outside, widget, hub }) => {
  await page.getByTestId('launcher').waitFor();
  assert.deepEqual(outside.filter((url) => url.startsWith(widget.origin)), [`${widget.origin}/sotto.js`]);
  assert.deepEqual(hub.requests, []);
  assert.deepEqual(await page.context().cookies(), []);
  assert.equal(await page.evaluate(() => localStorage.length + sessionStorage.length), 0);
});

await test('the notice comes first, then an answer with its sources', async (t) => {
  const { page, by, shot, hub } = t;
  await page.getByTestId('launcher').click();
  await by('disclosure').waitFor();
  assert.equal(await by('consent-assistant').isChecked(), false);
  assert.equal(await by('consent-improve').isChecked(), false);
  assert.deepEqual(hub.requests, [], 'nothing is sent before the customer starts');
  await still(t);
  await shot('notice');
  await noViolations(page, 'notice');
  await by('consent-assistant').check();
  await by('start').click();
  await write(t, 'Can I send my boots back?\nThey are too small.');
  await by('message-assistant').getByText('post office').waitFor();
  await by('message-own').locator('[data-mark=delivered]').waitFor();
  await shot('conversation');
  await by('citation').first().locator('summary').click();
  assert.equal(await by('citation-link').getAttribute('href'), 'https://help.example/returns');
  assert.equal(await by('message-assistant').locator('a[href*=evil]').count(), 0);
  assert.equal(await by('message-assistant').count(), 1);
  await noViolations(page, 'conversation');
  await shot('citation');
  await by('details').click();
  const number = (await by('safety-number').textContent()).trim().replaceAll(/\s+/g, ' ');
  if (hub.desk.safetyNumber) assert.equal(number, await hub.desk.safetyNumber([...hub.channels.keys()][0]));
  await noViolations(page, 'details');
  await shot('details');
  await by('back').click();
  assert.match(await by('announcer').textContent(), /AI assistant: You can send back/);
}, { sealed: true });

await test('a person is asked for and takes over', async (t) => {
  await open(t);
  await t.by('want-person').click();
  await t.by('message-agent').getByText('this is Mara').waitFor();
  assert.match(await t.by('holder').textContent(), /Mara, a person/);
  assert.equal(await t.by('want-person').count(), 0);
  await t.shot('person');
  await noViolations(t.page, 'person');
}, { sealed: true });

await test('a card is answered once by its button, and stays answered', async (t) => {
  const { by, page, hub } = t;
  await open(t);
  await write(t, 'I want to cancel my order');
  const confirm = by('card-confirm');
  await confirm.waitFor();
  await still(t);
  await t.shot('card');
  await noViolations(page, 'card');
  assert.match(await by('announcer').textContent(), /I will cancel order WF-48377.*Please choose: Yes, do it or No, leave it/);
  assert.ok((await confirm.boundingBox()).height >= 44);
  const described = await confirm.evaluate((button) => document.getElementById(button.getAttribute('aria-describedby')).textContent);
  assert.match(described, /I will cancel order WF-48377/);
  await t.page.reload();
  await t.page.getByTestId('launcher').click();
  await confirm.focus();
  await confirm.press('Enter');
  await confirm.press('Enter');
  await by('message-own').nth(1).locator('[data-mark=delivered]').waitFor();
  assert.match(await by('message-own').nth(1).textContent(), /Yes, do it/);
  assert.equal(await by('message-own').count(), 2);
  assert.equal(await by('announcer').textContent(), 'You chose: Yes, do it');
  for (const button of [confirm, by('card-decline')]) assert.equal(await button.getAttribute('aria-disabled'), 'true');
  assert.equal(await confirm.evaluate((button) => document.activeElement === button), true);
  await by('card-decline').click({ force: true });
  assert.equal(await by('message-own').count(), 2);
  await still(t);
  await t.shot('card-pressed');
  await noViolations(page, 'card pressed');
  await confirm.focus();
  await hub.say({ kind: 'text', id: 'answer', speaker: 'assistant', text: 'Order WF-48377 is cancelled.', at: Date.now() });
  await by('message-assistant').getByText('is cancelled').waitFor();
  assert.equal(await confirm.count(), 0);
  assert.equal(await by('card').textContent().then((text) => text.trim()), 'You chose: Yes, do it');
  assert.equal(await by('card').evaluate((group) => document.activeElement === group), true);
  await t.page.reload();
  await t.page.getByTestId('launcher').click();
  await by('card').getByText('You chose: Yes, do it').waitFor();
  await still(t);
  await t.shot('card-settled');
}, { sealed: true });

await test('a card that was not answered is not offered when a person holds the conversation, nor in another tab', async (t) => {
  const { by, hub } = t;
  await open(t);
  await write(t, 'I want to cancel my order');
  await by('card-confirm').waitFor();
  const second = await t.context.newPage();
  await second.goto(t.shop.origin);
  await second.getByTestId('launcher').click();
  const there = second.frameLocator('sotto-chat iframe');
  await there.getByTestId('card-decline').waitFor();
  await hub.say({ kind: 'holder', holder: { who: 'agent', name: 'Mara' } });
  for (const chat of [t.chat, there]) await chat.getByTestId('card').getByText('No longer open').waitFor();
  assert.equal(await by('card-confirm').count(), 0);
  await hub.say({ kind: 'holder', holder: { who: 'assistant' } });
  await there.getByTestId('card-decline').click();
  await by('message-own').getByText('No, leave it').waitFor();
  assert.equal(await by('card-confirm').getAttribute('aria-disabled'), 'true');
  await noViolations(t.page, 'card from another tab');
});

await test('a quick reply is written by a press, once, and then there are none', async (t) => {
  const { by, hub, page } = t;
  await open(t);
  await write(t, 'which one?');
  const reply = by('quick-replies').getByRole('button', { name: 'Returns and refunds' });
  await reply.waitFor();
  await still(t);
  await t.shot('quick-replies');
  await noViolations(page, 'quick replies');
  assert.ok((await reply.boundingBox()).height >= 44);
  // The numbered lines are the buttons; who only listens hears them with their numbers.
  assert.doesNotMatch(await by('message-assistant').locator('.bubble').textContent(), /Where is my order/);
  assert.match(await by('announcer').textContent(), /1: Returns and refunds\. 2: Where is my order/);
  await page.reload();
  await page.getByTestId('launcher').click();
  await reply.dblclick();
  await by('message-own').nth(1).locator('[data-mark=delivered]').waitFor();
  assert.match(await by('message-own').nth(1).textContent(), /Returns and refunds/);
  assert.equal(await by('message-own').count(), 2);
  assert.equal(await by('quick-replies').count(), 0);
  assert.equal(await by('log').evaluate((log) => document.activeElement === log), true);
  assert.match(await by('message-assistant').first().textContent(), /Where is my order/);
  await write(t, 'which one, then?');
  await by('quick-replies').waitFor();
  await hub.say({ kind: 'holder', holder: { who: 'agent', name: 'Mara' } });
  await by('quick-replies').waitFor({ state: 'detached' });
}, { sealed: true });

await test('after a reload the conversation is there', async (t) => {
  await open(t);
  await write(t, 'Can I send my boots back?');
  await t.by('message-own').locator('[data-mark=delivered]').waitFor();
  await t.by('message-assistant').getByText('post office').waitFor();
  await t.page.reload();
  await t.page.getByTestId('launcher').click();
  await t.by('message-assistant').getByText('post office').waitFor();
  assert.equal(await t.by('message-own').count(), 1);
  await write(t, 'And socks?');
  await t.by('message-assistant').nth(1).waitFor();
  assert.equal(await t.by('message-own').count(), 2);
}, { sealed: true });

await test('a desk key that is not the pinned one is refused and nothing is sent', async (t) => {
  await t.page.getByTestId('launcher').click();
  await t.by('start').click();
  await t.by('alert-refused').waitFor();
  await t.shot('refused');
  await noViolations(t.page, 'refused');
  assert.deepEqual(t.hub.requests.filter((request) => !/claim|OPTIONS/.test(request)), []);
}, { sealed: true, pinned: Buffer.from('another key, not the pinned 32!!').toString('base64url') });

await test('without sockets it polls', async (t) => {
  t.hub.faults.noSockets = true;
  await open(t);
  await write(t, 'Hello?');
  await t.by('message-assistant').getByText('post office').waitFor({ timeout: 20_000 });
  await t.by('message-own').locator('[data-mark=delivered]').waitFor();
}, { sealed: true, expected: /WebSocket/ });

await test('a refused message is marked and can be sent again', async (t) => {
  await open(t);
  await t.by('connection').and(t.chat.locator('[data-state=online]')).waitFor();
  t.hub.faults.refuse = { code: 'quota-exceeded', status: 413, title: '' };
  await write(t, 'Hello?');
  await t.by('again').waitFor();
  await t.shot('failed');
  t.hub.faults.refuse = null;
  await t.by('again').click();
  await t.by('message-own').locator('[data-mark=delivered]').waitFor();
  assert.equal(await t.by('message-own').count(), 1);
});

await test('two tabs show one conversation, and the second takes over', async (t) => {
  await open(t);
  await write(t, 'From the first tab');
  await t.by('message-own').locator('[data-mark=delivered]').waitFor();
  const second = await t.context.newPage();
  await second.goto(t.shop.origin);
  await second.getByTestId('launcher').click();
  const there = second.frameLocator('sotto-chat iframe');
  await there.getByTestId('message-own').getByText('From the first tab').waitFor();
  await there.getByTestId('input').fill('From the second tab');
  await there.getByTestId('send').click();
  await t.by('message-own').getByText('From the second tab').waitFor();
  await there.getByTestId('message-own').nth(1).locator('[data-mark=delivered]').waitFor();
  await t.page.close();
  await there.getByTestId('input').fill('Still here');
  await there.getByTestId('send').click();
  await there.getByTestId('message-own').nth(2).locator('[data-mark=delivered]').waitFor();
  assert.equal(await there.getByTestId('message-own').count(), 3);
}, { sealed: true });

await test('deleting removes it here and at the hub', async (t) => {
  await open(t);
  await write(t, 'Forget this');
  await t.by('message-own').locator('[data-mark=delivered]').waitFor();
  await t.by('details').click();
  await t.by('delete').click();
  await t.by('delete-yes').click();
  await t.by('disclosure').waitFor();
  assert.equal(await t.by('message-own').count(), 0);
  await expectSoon(() => t.hub.channels.size === 0);
  await t.page.reload();
  await t.page.getByTestId('launcher').click();
  await t.by('disclosure').waitFor();
}, { sealed: true });

await test('an unknown kind shows a plain line, and Escape closes to the launcher', async (t) => {
  await open(t);
  await write(t, 'newer');
  await t.chat.locator('[data-code=unknown]').waitFor();
  await t.by('input').press('Escape');
  await t.page.locator('sotto-chat:not([data-open])').waitFor();
  assert.equal(await t.page.evaluate(() => document.querySelector('sotto-chat').shadowRoot.activeElement?.dataset.testid), 'launcher');
  await t.page.keyboard.press('Enter');
  await t.by('input').waitFor();
});

await test('too long a message is counted and not sent', async (t) => {
  await open(t);
  await t.by('input').fill('x'.repeat(4001));
  assert.match(await t.by('count').textContent(), /1 characters too many/);
  assert.equal(await t.by('send').isDisabled(), true);
});

for (const [label, options, question = 'I want to cancel my order'] of [
  ['dark', { context: { colorScheme: 'dark' } }],
  ['narrow', { context: { viewport: { width: 320, height: 640 }, reducedMotion: 'reduce' } }, 'cancel, with long labels'],
  ['right to left', {}, 'cancel عربي'],
  ['forced colours', { context: { forcedColors: 'active' } }],
]) {
  await test(`a card holds: ${label}`, async (t) => {
    await open(t);
    if (label === 'right to left') await t.chat.locator('html').evaluate((html) => (html.dir = 'rtl'));
    await write(t, question);
    await t.by('card-confirm').focus();
    await still(t);
    await t.shot(`card-${label}`);
    await noViolations(t.page, label);
    const wide = await t.by('log').evaluate((log) => log.scrollWidth - log.clientWidth);
    assert.ok(wide <= 0, 'nothing sticks out sideways');
    await t.by('card-confirm').press('Space');
    await t.by('message-own').nth(1).locator('[data-mark=delivered]').waitFor();
    await still(t);
    await t.shot(`card-${label}-pressed`);
    await noViolations(t.page, label);
  }, options);
}

for (const [label, options, question = 'which one?'] of [
  ['dark', { context: { colorScheme: 'dark' } }],
  ['narrow', { context: { viewport: { width: 320, height: 640 }, reducedMotion: 'reduce' } }, 'which one, with long labels?'],
  ['right to left', {}, 'which عربي'],
  ['forced colours', { context: { forcedColors: 'active' } }],
]) {
  await test(`quick replies hold: ${label}`, async (t) => {
    await open(t);
    if (label === 'right to left') await t.chat.locator('html').evaluate((html) => (html.dir = 'rtl'));
    await write(t, question);
    await t.by('quick-replies').getByRole('button').first().focus();
    await still(t);
    await t.shot(`quick-replies-${label}`);
    await noViolations(t.page, label);
    const wide = await t.by('log').evaluate((log) => log.scrollWidth - log.clientWidth);
    assert.ok(wide <= 0, 'nothing sticks out sideways');
  }, options);
}

for (const [label, options] of [
  ['dark', { context: { colorScheme: 'dark' } }],
  ['mobile', { context: { viewport: { width: 320, height: 640 }, deviceScaleFactor: 2 } }],
  ['zoom', { context: { viewport: { width: 640, height: 360 } } }],
  ['german', { context: { locale: 'de-DE' }, attributes: 'data-language="de"' }],
]) {
  await test(`it holds: ${label}`, async (t) => {
    await t.page.getByTestId('launcher').click();
    await t.by('disclosure').waitFor();
    await still(t);
    await t.shot(`${label}-notice`);
    await noViolations(t.page, label);
    const wide = await t.chat.locator('main').evaluate((main) => main.ownerDocument.documentElement.scrollWidth - innerWidth);
    assert.ok(wide <= 0, 'nothing sticks out sideways');
    await t.by('consent-assistant').check();
    await t.by('start').click();
    await write(t, 'Can I send my boots back?');
    await t.by('message-assistant').getByText('post office').waitFor();
    await t.by('want-person').click();
    await t.by('message-agent').waitFor();
    await still(t);
    await t.shot(`${label}-conversation`);
    await noViolations(t.page, label);
    await t.by('details').click();
    await t.shot(`${label}-details`);
    await noViolations(t.page, label);
  }, options);
}

await browser.close();
console.log(`${results.passed} passed, ${results.failed} failed`);
process.exitCode = results.failed ? 1 : 0;

async function expectSoon(holds) {
  for (let tries = 0; tries < 100; tries += 1) {
    if (holds()) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  assert.fail(`not so after two seconds: ${holds}`);
}
