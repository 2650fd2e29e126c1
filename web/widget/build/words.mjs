// Makes modules of translations/: for the chat one lazily loaded module a language, for the launcher its few words.
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';

const folder = new URL('../../../translations/', import.meta.url);
const PREFIX = 'widget.';

/** Every language's words that belong to the widget, without their prefix. */
export function widgetWords() {
  const languages = readdirSync(folder).filter((name) => name.endsWith('.json')).map((name) => name.slice(0, -5)).sort();
  return Object.fromEntries(
    languages.map((language) => {
      const all = Object.entries(JSON.parse(readFileSync(new URL(`${language}.json`, folder), 'utf8')));
      const own = all.filter(([key]) => key.startsWith(PREFIX)).map(([key, text]) => [key.slice(PREFIX.length), text]);
      return [language, Object.fromEntries(own)];
    }),
  );
}

/** The notice's version is a hash of what it says, so a changed word is a new version and a record names its text. */
export function noticeVersion(language, texts) {
  const said = Object.entries(texts).filter(([key]) => /^(notice|consent)\./.test(key)).sort(([a], [b]) => (a < b ? -1 : 1));
  return `${language}-${createHash('sha256').update(JSON.stringify(said)).digest('hex').slice(0, 12)}`;
}

/** A Vite plugin that serves the virtual modules declared in src/virtual.d.ts. */
export function words() {
  const CHAT = 'virtual:sotto-words';
  const LAUNCHER = 'virtual:sotto-launcher-words';
  return {
    name: 'sotto-words',
    resolveId: (id) => (id === CHAT || id === LAUNCHER || id.startsWith(`${CHAT}/`) ? `\0${id}` : undefined),
    load(id) {
      if (!id.startsWith('\0virtual:sotto-')) return undefined;
      const all = widgetWords();
      if (id === `\0${LAUNCHER}`) return `export const launcherWords = ${JSON.stringify(mapValues(all, launcherPart))};`;
      if (id === `\0${CHAT}`) {
        const loaders = Object.keys(all).map((language) => `${language}: () => import('${CHAT}/${language}')`);
        return `export const languages = { ${loaders.join(', ')} };`;
      }
      const tag = id.slice(CHAT.length + 2);
      const texts = Object.fromEntries(Object.entries(all[tag]).filter(([key]) => !key.startsWith('launcher.')));
      return `export default ${JSON.stringify({ tag, notice: noticeVersion(tag, texts), texts })};`;
    },
  };
}

function launcherPart(texts) {
  return { title: texts['title'], open: texts['launcher.open'], close: texts['launcher.close'], unread: texts['launcher.unread'] };
}

function mapValues(record, change) {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, change(value)]));
}
