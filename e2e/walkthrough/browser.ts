// A real Chromium, without anything that calls home.

import { AxeBuilder } from "@axe-core/playwright";
import { chromium, type Browser, type FrameLocator, type Page } from "playwright-core";
import { expect } from "vitest";

export async function launch(): Promise<Browser> {
  return chromium.launch({
    executablePath: process.env["SOTTO_CHROMIUM"] ?? "/usr/bin/chromium",
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  });
}

/** The chat inside a shop page. */
export function chatOf(page: Page): FrameLocator {
  return page.frameLocator("iframe");
}

/** What a customer could complain about under WCAG 2.2 AA, as far as a program can tell. */
export async function accessible(page: Page, where: string): Promise<void> {
  const results = await new AxeBuilder({ page })
    .withTags(["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"])
    .analyze();
  const faults = results.violations.map((violation) => `${where}: ${violation.id} ${violation.nodes[0]?.html ?? ""}`);
  expect(faults).toEqual([]);
}
