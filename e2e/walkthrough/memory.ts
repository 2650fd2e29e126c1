// Where a typed string could still be found: in files, and in the memory of a running process.

import { readFileSync, readdirSync, openSync, readSync, closeSync } from "node:fs";
import { join } from "node:path";

/** The shapes in which a text travels: as it is, as UTF-16, and inside base64url at each of three offsets. */
export function shapes(text: string): Buffer[] {
  const utf8 = Buffer.from(text, "utf8");
  const base64 = [0, 1, 2].map((offset) => {
    const encoded = Buffer.concat([Buffer.alloc(offset), utf8]).toString("base64url");
    // The first and last characters mix with their neighbours; the middle is the text's own.
    return Buffer.from(encoded.slice(offset === 0 ? 0 : 4, -2), "latin1");
  });
  return [utf8, Buffer.from(text, "utf16le"), ...base64];
}

/** Every file below a folder that holds the text in any shape. */
export function filesWith(folder: string, text: string): string[] {
  const wanted = shapes(text);
  const found: string[] = [];
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    const content = readFileSync(path);
    if (wanted.some((shape) => content.includes(shape))) found.push(path);
  }
  return found;
}

/** Whether a process holds the text anywhere in its writable memory. Needs the right to read it (same user or root). */
export function memoryHolds(pid: number, text: string): boolean {
  const wanted = shapes(text);
  const longest = Math.max(...wanted.map((shape) => shape.length));
  const memory = openSync(`/proc/${pid}/mem`, "r");
  try {
    for (const line of readFileSync(`/proc/${pid}/maps`, "utf8").split("\n")) {
      const match = /^([0-9a-f]+)-([0-9a-f]+) rw/.exec(line);
      if (!match?.[1] || !match[2]) continue;
      const start = Number.parseInt(match[1], 16);
      const end = Number.parseInt(match[2], 16);
      if (regionHolds(memory, start, end, wanted, longest)) return true;
    }
    return false;
  } finally {
    closeSync(memory);
  }
}

function regionHolds(memory: number, start: number, end: number, wanted: Buffer[], longest: number): boolean {
  const step = 4 * 1024 * 1024;
  for (let at = start; at < end; at += step) {
    // Windows overlap, so that a text on a border is seen.
    const window = Buffer.alloc(Math.min(step + longest, end - at));
    let length: number;
    try {
      length = readSync(memory, window, 0, window.length, at);
    } catch {
      // A page that went away between the list and the look.
      continue;
    }
    const read = window.subarray(0, length);
    if (wanted.some((shape) => read.includes(shape))) return true;
  }
  return false;
}
