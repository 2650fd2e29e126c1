// Two pages that are not as they should be. The canary test must be able to fail: with encryption off in a build of
// the chat made for this test alone, the same search finds what was typed in the hub's memory. And a page that pins
// another desk's key: the chat says so and sends nothing.

import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { extname, join, resolve } from "node:path";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { chatOf, launch } from "./browser.ts";
import { memoryHolds } from "./memory.ts";
import { Sotto } from "./sotto.ts";

const widget = resolve(import.meta.dirname, "../../web/widget");
const TYPES: Record<string, string> = {
  ".js": "text/javascript",
  ".css": "text/css",
  ".html": "text/html",
  ".wasm": "application/wasm",
};

let sotto: Sotto;
let browser: Browser;
let unsealed: Page;
let hostile: Page;

/** A page of the business together with the chat's files, on an origin of its own. */
interface Page {
  server: Server;
  origin: string;
  /** What was asked of it under /v1/, as if it were a hub. */
  asked: string[];
}

/** A key that no desk here has. */
const OTHER_KEY = Buffer.alloc(32, 7).toString("base64url");

/** Serves a build of the chat and a page with its snippet; `hub` empty: this server poses as the hub. */
async function serve(build: string, key: () => Promise<string>, hub: () => string): Promise<Page> {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    const path = new URL(request.url ?? "/", "http://any").pathname;
    void (async () => {
      if (path === "/") {
        const snippet = `<script src="/sotto.js" data-desk="${await key()}" data-hub="${hub()}" async></script>`;
        response.setHeader("content-type", "text/html").end(`<!doctype html><title>A page</title>${snippet}`);
      } else if (path.startsWith("/v1/")) {
        asked.push(path);
        const real = `${sotto.at.hub}/v1/desks/${await sotto.deskKey()}/key-packages/claim`;
        const claimed = await fetch(real, { method: "POST" });
        response.setHeader("content-type", "application/json").end(await claimed.text());
      } else {
        const file = join(widget, build, path);
        response.statusCode = existsSync(file) ? 200 : 404;
        response.setHeader("content-type", TYPES[extname(file)] ?? "text/plain");
        response.end(existsSync(file) ? readFileSync(file) : "");
      }
    })();
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the system gave no port");
  return { server, origin: `http://127.0.0.1:${address.port}`, asked };
}

beforeAll(async () => {
  execFileSync("node", ["build/build.mjs", "--out", "dist-plaintext"], {
    cwd: widget,
    env: { ...process.env, SOTTO_TEST_PLAINTEXT: "1" },
  });
  unsealed = await serve("dist-plaintext", () => sotto.deskKey(), () => sotto.at.hub);
  hostile = await serve("dist", async () => OTHER_KEY, () => hostile.origin);
  sotto = await Sotto.start({ origins: [unsealed.origin] });
  browser = await launch();
});

afterAll(async () => {
  await browser?.close();
  await sotto?.stop();
  unsealed?.server.close();
  hostile?.server.close();
  sotto?.remove();
});

/** Types a text into the chat of a page and waits until the hub has it. */
async function type(text: string, origin: string): Promise<void> {
  const context = await browser.newContext({ locale: "en-GB" });
  const page = await context.newPage();
  await page.goto(origin);
  await page.getByTestId("launcher").click();
  const chat = chatOf(page);
  await chat.getByTestId("consent-assistant").check({ timeout: 30_000 });
  await chat.getByTestId("start").click();
  await chat.getByTestId("input").fill(text);
  await chat.getByTestId("send").click();
  await chat.locator('[data-testid="mark"][data-mark="sent"], [data-testid="mark"][data-mark="delivered"]').waitFor();
  await context.close();
}

test("with encryption on the hub's memory does not hold what was typed, with it off it does", async () => {
  const sealedText = "periwinkle-canary-4471";
  await type(sealedText, sotto.at.shop);
  expect(memoryHolds(sotto.pid("hub"), sealedText)).toBe(false);

  const unsealedText = "vermilion-canary-9038";
  await type(unsealedText, unsealed.origin);
  expect(memoryHolds(sotto.pid("hub"), unsealedText)).toBe(true);
});

test("a hub that hands out another desk's key package is told apart, and gets nothing", async () => {
  const context = await browser.newContext({ locale: "en-GB" });
  const page = await context.newPage();
  await page.goto(hostile.origin);
  await page.getByTestId("launcher").click();
  const chat = chatOf(page);
  await chat.getByTestId("consent-assistant").check({ timeout: 30_000 });
  await chat.getByTestId("start").click();
  await chat.getByTestId("alert-refused").waitFor();
  expect(hostile.asked).toEqual([`/v1/desks/${OTHER_KEY}/key-packages/claim`]);
  await context.close();
});
