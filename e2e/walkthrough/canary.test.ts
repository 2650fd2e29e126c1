// The canary test must be able to fail: with encryption off in a build of the chat made for this test alone, the
// same search finds what was typed in the hub's memory.

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
let unsealed: Server;
let unsealedOrigin = "";

/** Serves the unsealed build of the chat, and a page of the business with its snippet. */
function serve(): Server {
  return createServer((request, response) => {
    const path = new URL(request.url ?? "/", "http://any").pathname;
    void (async () => {
      if (path === "/") {
        const snippet = `<script src="/sotto.js" data-desk="${await sotto.deskKey()}" data-hub="${sotto.at.hub}" async></script>`;
        response.setHeader("content-type", "text/html");
        response.end(`<!doctype html><title>A page</title>${snippet}`);
        return;
      }
      const file = join(widget, "dist-plaintext", path);
      response.statusCode = existsSync(file) ? 200 : 404;
      response.setHeader("content-type", TYPES[extname(file)] ?? "text/plain");
      response.end(existsSync(file) ? readFileSync(file) : "");
    })();
  });
}

beforeAll(async () => {
  execFileSync("node", ["build/build.mjs", "--out", "dist-plaintext"], {
    cwd: widget,
    env: { ...process.env, SOTTO_TEST_PLAINTEXT: "1" },
  });
  unsealed = serve();
  await new Promise<void>((done) => unsealed.listen(0, "127.0.0.1", done));
  const address = unsealed.address();
  if (address === null || typeof address === "string") throw new Error("the system gave no port");
  unsealedOrigin = `http://127.0.0.1:${address.port}`;
  sotto = await Sotto.start({ origins: [unsealedOrigin] });
  browser = await launch();
});

afterAll(async () => {
  await browser?.close();
  await sotto?.stop();
  unsealed?.close();
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
  await type(unsealedText, unsealedOrigin);
  expect(memoryHolds(sotto.pid("hub"), unsealedText)).toBe(true);
});
