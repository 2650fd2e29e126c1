// The search itself must be able to find something, or the canary test proves nothing.

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { filesWith, memoryHolds, shapes } from "./memory.ts";

test("a text is found in files as it is and inside base64url at any offset", () => {
  const folder = mkdtempSync(join(tmpdir(), "sotto-memory-"));
  try {
    const text = "heliotrope-canary-5521";
    writeFileSync(join(folder, "plain"), `xx${text}yy`);
    for (const offset of [0, 1, 2]) {
      const padded = Buffer.from("z".repeat(offset) + text + "after it");
      writeFileSync(join(folder, `base64-${offset}`), padded.toString("base64url"));
    }
    writeFileSync(join(folder, "other"), "nothing of it");
    expect(filesWith(folder, text).map((path) => path.slice(folder.length + 1)).sort()).toEqual([
      "base64-0",
      "base64-1",
      "base64-2",
      "plain",
    ]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test("a text is found in this process's own memory, and one that is nowhere is not", () => {
  const held = Buffer.from(["amaranth", "canary", String(process.pid)].join("-"));
  expect(memoryHolds(process.pid, held.toString())).toBe(true);
  expect(shapes("abc").length).toBe(5);
});
