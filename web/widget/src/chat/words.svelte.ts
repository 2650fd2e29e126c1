/** The words in the customer's language, from translations/. */
import { languages, type Words } from 'virtual:sotto-words';

export const languageTags = Object.keys(languages);

let words: Words = $state.raw({ tag: 'en', notice: '', texts: {} });

/** The nearest language that there is for a BCP 47 tag; English when none is near. */
export function nearest(tag: string): string {
  const language = tag.toLowerCase().split('-')[0] ?? '';
  return languageTags.includes(language) ? language : 'en';
}

export async function useLanguage(tag: string): Promise<void> {
  const load = languages[nearest(tag)];
  if (!load) return;
  const loaded = await load();
  words = loaded.default;
  document.documentElement.lang = words.tag;
  document.title = say('title');
}

export function language(): string {
  return words.tag;
}

/** The same with the region that the browser names: times are written in many ways in one language. */
export function regional(): string {
  return navigator.languages.find((tag) => nearest(tag) === words.tag && tag.toLowerCase().startsWith(words.tag)) ?? words.tag;
}

/** The version of the notice: changes with its words. */
export function noticeVersion(): string {
  return words.notice;
}

/** The text for a key without its `widget.` prefix; `{name}` is replaced by the value of that name. */
export function say(key: string, values: Record<string, string | number> = {}): string {
  const text = words.texts[key] ?? '';
  return text.replaceAll(/\{(\w+)\}/g, (whole, name: string) => `${values[name] ?? whole}`);
}
