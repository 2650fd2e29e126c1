// The sizes that the widget may have, as they travel (brotli), in octets. The build fails when one is over.
import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { files } from './compress.mjs';

export const budgets = { launcher: 3 * 1024, chat: 40 * 1024, encryption: 450 * 1024 };

/** Octets of each part. The chat counts all that one customer loads: one language, the largest. */
export function parts(folder) {
  const size = (path) => statSync(join(folder, `${path}.br`)).size;
  const all = files(folder).filter((path) => !path.endsWith('.br') && existsSync(join(folder, `${path}.br`)));
  const sum = (paths) => paths.reduce((total, path) => total + size(path), 0);
  const wasm = all.filter((path) => path.endsWith('.wasm'));
  const languages = all.filter((path) => /assets\/(virtual_sotto-words_)?[a-z]{2}-[\w-]+\.js$/.test(path));
  const rest = all.filter((path) => path !== 'sotto.js' && !wasm.includes(path) && !languages.includes(path));
  return {
    launcher: size('sotto.js'),
    chat: sum(rest) + Math.max(0, ...languages.map(size)),
    encryption: sum(wasm),
  };
}

/** What is over its budget or missing, in words. */
export function check(measured) {
  return Object.entries(measured).flatMap(([part, octets]) => {
    if (octets === 0) return [`${part} is missing from the output`];
    return octets > budgets[part] ? [`${part} has ${octets} octets; its budget is ${budgets[part]}`] : [];
  });
}

export function table(measured) {
  const rows = Object.entries(measured).map(
    ([part, octets]) => `${part.padEnd(12)}${String(octets).padStart(9)} of ${String(budgets[part]).padStart(7)} octets (brotli)`,
  );
  return rows.join('\n');
}
