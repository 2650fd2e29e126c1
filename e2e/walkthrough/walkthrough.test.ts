// One customer, one agent, the whole line: from the click on the launcher to a value that only the customer reads.

import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { LLMock } from "@copilotkit/aimock";
import type { Browser, BrowserContext, FrameLocator, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { accessible, chatOf, launch } from "./browser.ts";
import { filesWith, memoryHolds } from "./memory.ts";
import { Sotto } from "./sotto.ts";
import { code } from "./totp.ts";

const pictures = resolve(import.meta.dirname, "../../docs/pictures");
const PASSWORD = "correct-horse-battery-9";
const EMAIL = "robin@example.com";
const CARD = "4111 1111 1111 1111";
/** Words that the customer types and that must be nowhere but at the two ends. */
const CANARIES = ["quincunx-marmalade-7731", "zeppelin-rhubarb-2290"];

let sotto: Sotto;
let model: LLMock;
let browser: Browser;
let customer: BrowserContext;
let staff: BrowserContext;
let page: Page;
let chat: FrameLocator;
let agent: Page;
let secret = "";
const requests: string[] = [];

beforeAll(async () => {
  mkdirSync(pictures, { recursive: true });
  model = new LLMock({ port: 0 });
  model.onMessage(/.*/, { content: "You can return anything within 30 days of delivery." });
  await model.start();
  sotto = await Sotto.start({ model: `${model.url}/v1` });
  browser = await launch();
  customer = await browser.newContext({ locale: "en-GB" });
  staff = await browser.newContext({ locale: "en-GB", viewport: { width: 1280, height: 800 } });
  page = await customer.newPage();
  page.on("request", (request) => requests.push(request.url()));
});

afterAll(async () => {
  await browser?.close();
  await sotto?.stop();
  await model?.stop();
  sotto?.remove();
});

async function say(text: string): Promise<void> {
  await chat.getByTestId("input").fill(text);
  await chat.getByTestId("send").click();
}

/** The desk's finished answers so far, in order. */
function answers(): Promise<string[]> {
  return chat.locator('[data-testid="message-assistant"] .bubble:not([data-partial])').allInnerTexts();
}

async function nextAnswer(before: number): Promise<string> {
  await expect.poll(async () => (await answers()).length, { timeout: 30_000 }).toBeGreaterThan(before);
  return (await answers()).at(-1) ?? "";
}

async function ask(text: string): Promise<string> {
  const before = (await answers()).length;
  await say(text);
  return nextAnswer(before);
}

interface Visitor {
  shop: Page;
  chat: FrameLocator;
  say(text: string): Promise<void>;
  leave(): Promise<void>;
}

/** Somebody else, in a browser of their own, who has begun a conversation; signed in by this name, if it is given. */
async function visitor(name?: RegExp): Promise<Visitor> {
  const context = await browser.newContext({ locale: "en-GB" });
  const shop = await context.newPage();
  await shop.goto(sotto.at.shop);
  if (name) await signIn(shop, name);
  await shop.getByTestId("launcher").click();
  const theirs = chatOf(shop);
  await theirs.getByTestId("consent-assistant").check({ timeout: 30_000 });
  await theirs.getByTestId("start").click();
  const write = async (text: string) => {
    await theirs.getByTestId("input").fill(text);
    await theirs.getByTestId("send").click();
  };
  return { shop, chat: theirs, say: write, leave: () => context.close() };
}

async function signIn(shop: Page, name: RegExp): Promise<void> {
  await shop.goto(`${sotto.at.shop}/sign-in`);
  await shop.getByRole("button", { name }).click();
}

async function holder(who: string): Promise<void> {
  await chat.locator(`[data-testid="holder"][data-holder="${who}"]`).waitFor({ timeout: 30_000 });
}

test("before the chat is opened nothing is stored and nothing goes to the hub", async () => {
  await signIn(page, /Sign in as Marta/);
  await page.waitForLoadState("networkidle");
  const stored = await page.evaluate(async () => ({
    local: localStorage.length,
    session: sessionStorage.length,
    databases: (await indexedDB.databases()).length,
  }));
  expect(stored).toEqual({ local: 0, session: 0, databases: 0 });
  expect(requests.filter((url) => url.startsWith(sotto.at.hub))).toEqual([]);
  const ofWidget = requests.filter((url) => url.startsWith(sotto.at.widget)).map((url) => new URL(url).pathname);
  expect([...new Set(ofWidget)]).toEqual(["/sotto.js"]);
  await accessible(page, "shop");
});

test("the customer reads what the AI is and what happens to the data, and agrees", async () => {
  await page.getByTestId("launcher").click();
  chat = chatOf(page);
  await chat.getByTestId("disclosure").waitFor({ timeout: 30_000 });
  expect(await chat.getByTestId("disclosure").innerText()).toMatch(/AI/);
  expect(requests.filter((url) => url.startsWith(sotto.at.hub))).toEqual([]);
  expect(await chat.getByTestId("consent-improve").isChecked()).toBe(false);
  await accessible(page, "notice");
  await chat.getByTestId("consent-assistant").check();
  await chat.getByTestId("start").click();
  await chat.locator('[data-testid="connection"][data-state="online"]').waitFor({ timeout: 30_000 });
});

test("a question about returns is answered with its source", async () => {
  const answer = await ask(`How do I return something? My note: ${CANARIES[0]}`);
  expect(answer).toMatch(/return/i);
  await chat.getByTestId("citation").first().waitFor();
});

test("an order is looked up for this customer and no other", async () => {
  const answer = await ask("Where is my order?");
  // Marta's latest order, as content/demo/orders.json has it.
  expect(answer).toMatch(/WF-48213.*(on its way|shipped|with DHL)/s);
  const journal = await sotto.orderJournal();
  expect([...new Set(journal.map((entry) => entry.customer))]).toEqual(["cus-marta"]);
});

test("a card number is in no request to the model and in no store", async () => {
  await ask(`Can I pay with my card ${CARD}?`);
  const journal = JSON.stringify(model.getRequests());
  expect(journal).not.toBe("[]");
  for (const digits of [CARD, CARD.replaceAll(" ", ""), "4111", CANARIES[0] === undefined ? "" : "robin@"]) {
    expect(journal).not.toContain(digits);
  }
  for (const digits of [CARD, CARD.replaceAll(" ", ""), CARD.replaceAll(" ", "-")]) {
    expect(filesWith(sotto.data, digits)).toEqual([]);
  }
});

test("an agent enrols with a password and a one-time code, and signs in with the next one", async () => {
  agent = await staff.newPage();
  await agent.goto(sotto.enrolment());
  await agent.getByTestId("enrol-name").fill("Robin");
  await agent.getByTestId("enrol-email").fill(EMAIL);
  await agent.getByTestId("enrol-password").fill(PASSWORD);
  secret = await agent.getByTestId("enrol-secret").innerText();
  await accessible(agent, "enrol");
  await agent.getByTestId("enrol-code").fill(code(secret));
  await agent.getByTestId("enrol-submit").click();
  await agent.getByTestId("signed-in-name").waitFor();

  await agent.getByTestId("signed-in-name").click();
  await agent.getByTestId("sign-out").click();
  await agent.getByTestId("signin-email").fill(EMAIL);
  await agent.getByTestId("signin-password").fill(PASSWORD);
  await accessible(agent, "sign in");
  // A code counts once, so signing in takes the next one; the desk accepts the step to come.
  await agent.getByTestId("signin-code").fill(code(secret, 1));
  await agent.getByTestId("signin-submit").click();
  await agent.getByTestId("signed-in-name").waitFor();
});

test("the agent sees tokens, answers with one, and the customer reads the value", async () => {
  await say("My phone is +44 20 7946 0958. I want to talk to a person.");
  await holder("waiting");
  await agent.getByTestId("conversation-row").first().click();
  await agent.getByTestId("message").first().waitFor();
  const shown = await agent.locator("body").innerText();
  for (const value of ["7946", "4111"]) expect(shown).not.toContain(value);
  const chip = agent.getByTestId("token-chip").filter({ hasText: /phone/i }).first();
  await chip.waitFor();
  await accessible(agent, "console");

  await agent.getByTestId("take-over").click();
  await holder("agent");
  await agent.getByTestId("reply-input").fill("Thank you. I call you at ");
  await chip.click();
  await agent.screenshot({ path: join(pictures, "console.png") });
  await agent.getByTestId("reply-send").click();
  const reply = chat.getByTestId("message-agent").last();
  await reply.waitFor({ timeout: 30_000 });
  await expect.poll(() => reply.innerText()).toContain("I call you at +44 20 7946 0958");
  expect(await agent.locator("body").innerText()).not.toContain("7946");
  await page.screenshot({ path: join(pictures, "chat.png") });
});

test("both ends show the same safety number", async () => {
  await chat.getByTestId("details").click();
  const customerSees = (await chat.getByTestId("safety-number").innerText()).replace(/\D/g, "");
  await chat.getByTestId("back").click();
  const agentSees = (await agent.getByTestId("safety-number").innerText()).replace(/\D/g, "");
  expect(customerSees).toHaveLength(60);
  expect(agentSees).toBe(customerSees);
});

test("the assistant is silent while the agent holds the conversation, and answers again after", async () => {
  const before = (await answers()).length;
  await say("How long does delivery take?");
  await agent.getByTestId("message").filter({ hasText: "How long does delivery take?" }).waitFor();
  await agent.getByTestId("give-back").click();
  await holder("assistant");
  expect((await answers()).length).toBe(before);
  expect(await ask("How can I pay?")).toMatch(/pay/i);
});

test("hub and desk are killed in the middle: nothing lost, nothing doubled, order kept", async () => {
  const own = () => chat.getByTestId("message-own").allInnerTexts();
  const before = { own: (await own()).length, answers: (await answers()).length };

  await say("How do I clean it?");
  await sotto.kill("hub");
  await say("Do you have a warranty?");
  await sotto.kill("desk");
  await say(`How long does delivery take? ${CANARIES[1]}`);
  await sotto.kill("hub");

  await expect.poll(async () => (await answers()).length, { timeout: 90_000 }).toBe(before.answers + 3);
  expect((await own()).length).toBe(before.own + 3);
  await expect
    .poll(() => chat.locator('[data-testid="mark"]:not([data-mark="delivered"])').count(), { timeout: 30_000 })
    .toBe(0);
  // The same after a reload: what is stored on the device is what was said.
  const said = await own();
  await page.reload();
  await page.getByTestId("launcher").click();
  await expect.poll(async () => (await own()).length, { timeout: 30_000 }).toBe(said.length);
  expect((await answers()).length).toBe(before.answers + 3);
});

test("an order is cancelled by the press of a button, once, and by nothing that is written", async () => {
  const { shop, chat: his, say: write, leave } = await visitor(/Sign in as Jonas/);
  await write("I want to cancel my order WF-48377");

  const confirm = his.getByTestId("card-confirm");
  await confirm.waitFor({ timeout: 30_000 });
  expect(await his.getByTestId("message-assistant").last().innerText()).toContain("WF-48377");
  await accessible(shop, "card");
  await confirm.click();
  const press = his.getByTestId("message-own").nth(1);
  await press.locator('[data-mark="sent"], [data-mark="delivered"]').waitFor({ timeout: 30_000 });
  // Whether the answer comes before or after: what was pressed is kept on the device.
  await shop.reload();
  await shop.getByTestId("launcher").click();
  await his.getByTestId("message-assistant").getByText("WF-48377 is cancelled").waitFor({ timeout: 30_000 });
  expect(await confirm.count()).toBe(0);
  expect(await his.getByTestId("card").innerText()).toMatch(/You chose/);
  await press.locator('[data-mark="delivered"]').waitFor();
  expect(await his.getByTestId("message-own").count()).toBe(2);
  await leave();
});

test("who signs in on the way is answered without another word, and chooses instead of writing", async () => {
  const { shop, chat: hers, say: write, leave } = await visitor();
  await write("I want to return my order WF-47102");
  await hers.getByTestId("message-assistant").getByText("Please sign in on the shop page").waitFor({ timeout: 30_000 });

  await signIn(shop, /Sign in as Marta/);
  await shop.getByTestId("launcher").click();
  const why = hers.getByTestId("quick-replies").getByRole("button", { name: "It does not fit" });
  await why.waitFor({ timeout: 30_000 });
  expect(await hers.getByTestId("message-own").count()).toBe(1);
  await accessible(shop, "quick-replies");
  await why.click();
  await hers.getByTestId("card-confirm").waitFor({ timeout: 30_000 });
  expect(await hers.getByTestId("message-own").last().innerText()).toContain("It does not fit");
  expect(await hers.getByTestId("quick-replies").count()).toBe(0);
  await leave();
});

test("an article that is published meanwhile answers within seconds, and none once it is withdrawn", async () => {
  const { chat: his, say: write, leave } = await visitor();
  const article = join(sotto.data, "kite-repair.md");
  const words = "We mend torn kites in our workshop for twelve euros.";
  writeFileSync(article, `# Do you repair kites?\n\n${words}\n`);
  sotto.command("knowledge", "import", article);
  expect(sotto.command("knowledge", "publish", "kite-repair", "--by", "Robin")).toContain("is live");
  const taken = () => readFileSync(join(sotto.data, "sotto/log/desk.log"), "utf8").match(/what was published is live/g)?.length;
  const ask = async (answers: number) => {
    await write("Do you repair kites?");
    await his.getByTestId("message-assistant").nth(answers).waitFor({ timeout: 30_000 });
    return his.getByTestId("message-assistant").last().innerText();
  };
  await expect.poll(taken, { timeout: 30_000 }).toBe(1);
  expect(await ask(0)).toContain(words);
  expect(sotto.command("knowledge", "withdraw", "kite-repair", "--by", "Robin")).toContain("withdrawn");
  await expect.poll(taken, { timeout: 30_000 }).toBe(2);
  expect(await ask(1)).not.toContain(words);
  await leave();
});

test("nothing that was typed is in the hub's files, log or memory, nor in the desk's files and log", async () => {
  const typed = [...CANARIES, CARD, CARD.replaceAll(" ", ""), "+44 20 7946 0958", "How do I clean it?"];
  for (const text of typed) {
    expect(filesWith(sotto.data, text), text).toEqual([]);
    expect(memoryHolds(sotto.pid("hub"), text), `hub memory: ${text}`).toBe(false);
  }
  // The search finds what is there: the desk holds the words that it just read.
  expect(readFileSync(sotto.log, "utf8").length).toBeGreaterThan(0);
});

test("every request of the customer's page went to the shop, the chat's origin or the hub", () => {
  const allowed = [sotto.at.shop, sotto.at.widget, sotto.at.hub].map((url) => new URL(url).host);
  const others = requests.filter((url) => !/^(data|blob):/.test(url) && !allowed.includes(new URL(url).host));
  expect(others).toEqual([]);
});
