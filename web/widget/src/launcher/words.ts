/** The launcher's few words, in all languages, put in at build time from translations/. */
import { launcherWords } from 'virtual:sotto-launcher-words';

export interface LauncherWords {
  title: string;
  open: string;
  close: string;
  unread: string;
}

/** The words for a BCP 47 tag; English when there is none. */
export function wordsFor(language: string): LauncherWords {
  const words = launcherWords[language.slice(0, 2).toLowerCase()] ?? launcherWords['en'];
  if (!words) throw new Error('translations/en.json has no widget words');
  return words;
}
