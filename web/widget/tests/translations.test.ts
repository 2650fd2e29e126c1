import { readdirSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

const folder = new URL('../../../translations/', import.meta.url);
const source = new URL('../src/', import.meta.url);
const files = readdirSync(folder).filter((name) => name.endsWith('.json'));
const read = (name: string): Record<string, unknown> => JSON.parse(readFileSync(new URL(name, folder), 'utf8')) as Record<string, unknown>;
const english = read('en.json');
const holes = (text: unknown): string[] => [...new Set(String(text).match(/\{\w+\}/g))].sort();

/** The console is in English and German; the widget in every language that there is a file for. */
const wanted = (name: string): string[] =>
  Object.keys(english).filter((key) => key.startsWith('widget.') || ['en.json', 'de.json'].includes(name)).sort();

it.each(files)('%s has the same keys as English, each with text and the same holes', (name) => {
  const words = read(name);
  expect(Object.keys(words).sort()).toEqual(wanted(name));
  for (const [key, text] of Object.entries(words)) {
    expect(typeof text === 'string' && text.trim() !== '', key).toBe(true);
    expect(holes(text), key).toEqual(holes(english[key]));
  }
});

it.each(readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory()).map(({ name }) => name))('%s/ has the same keys in each language', (name) => {
  const languages = readdirSync(new URL(`${name}/`, folder)).map((file) => Object.keys(read(`${name}/${file}`)).sort());
  expect(languages.length).toBe(files.length);
  for (const keys of languages) expect(keys).toEqual(languages[0]);
});

it('has every word that the widget says, and none that it does not', () => {
  const code = readdirSync(source, { recursive: true })
    .map(String)
    .filter((path) => /\.(svelte|ts)$/.test(path) && !path.endsWith('.test.ts'))
    .map((path) => readFileSync(new URL(path, source), 'utf8'))
    .join('\n');
  const keys = Object.keys(english).filter((key) => key.startsWith('widget.')).map((key) => key.slice('widget.'.length));
  const whole = [...code.matchAll(/(?<!#)say\('([\w.-]+)'/g)].map(([, key = '']) => key);
  expect(whole.filter((key) => !keys.includes(key))).toEqual([]);
  const stems = [...code.matchAll(/(?<!#)say\(`([\w.-]*?)\$\{[^}]*\}([\w.-]*)`/g)].map(([, before = '', after = '']) => new RegExp(`^${before}[\\w-]+${after}$`));
  const used = (key: string): boolean => key.startsWith('launcher.') || whole.includes(key) || code.includes(`'${key}'`) || stems.some((stem) => stem.test(key));
  expect(keys.filter((key) => !used(key))).toEqual([]);
});
