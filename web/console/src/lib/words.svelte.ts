// Words in the person's language, from translations/. English and German; loaded one at a time.
import type english from '../../../../translations/en.json';
import { preferences } from './preferences.svelte';

/** A key of the console's words. */
export type WordKey = Extract<keyof typeof english, `console.${string}`>;
type Counted<Key> = Key extends `${infer Stem}.one` ? Stem : never;
/** A key that has a form for each number: `….one` and `….other`. */
export type CountedKey = Counted<WordKey>;

export const LANGUAGES = { en: 'English', de: 'Deutsch' } as const;
export type Language = keyof typeof LANGUAGES;

const FILES = {
  en: () => import('virtual:words/en'),
  de: () => import('virtual:words/de'),
};

let words = $state.raw({} as Record<WordKey, string>);
let language = $state<Language>('en');

/** The language that is shown now. */
export const shown = () => language;

/** The same with the region that the browser names: "en" is read in many places that write times in other ways. */
export const regional = () => regionalOf(language, navigator.languages);

/** The first tag of a browser's list for this language, else the language alone. */
export function regionalOf(language: string, wanted: readonly string[]): string {
  return wanted.find((tag) => tag.split('-')[0]?.toLowerCase() === language) ?? language;
}

/** Loads the language that the person chose, else the first of the browser's that there is. */
export async function loadWords(): Promise<void> {
  const next = preferences.language ?? firstOf(navigator.languages);
  words = (await FILES[next]()).default;
  language = next;
  document.documentElement.lang = next;
}

/** The first language of a browser's list that the console speaks, else English. */
export function firstOf(wanted: readonly string[]): Language {
  for (const tag of wanted) {
    const primary = tag.split('-')[0]?.toLowerCase();
    if (primary !== undefined && primary in LANGUAGES) return primary as Language;
  }
  return 'en';
}

/** The words for a key; `{name}` is replaced by the value of that name. */
export function t(key: WordKey, values: Record<string, string | number> = {}): string {
  return (words[key] ?? key).replace(/\{(\w+)\}/g, (all, name: string) => String(values[name] ?? all));
}

/** The words for a number of things; `{count}` is the number in the language's own digits. */
export function count(key: CountedKey, number: number): string {
  const form = new Intl.PluralRules(language).select(number) === 'one' ? 'one' : 'other';
  return t(`${key}.${form}` as WordKey, { count: new Intl.NumberFormat(language).format(number) });
}

/** The words for a code that the desk sent; a code from a newer desk gets the general words. */
export function named(prefix: string, code: string, otherwise: WordKey): string {
  const key = `${prefix}.${code}` as WordKey;
  return key in words ? words[key] : t(otherwise);
}
