// The console's words out of translations/: `virtual:words/de` holds the keys that begin with `console.` alone,
// so the widget's words are not sent to the staff's browsers.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Plugin } from 'vite';

const PREFIX = 'virtual:words/';

export function words(): Plugin {
  return {
    name: 'sotto-words',
    resolveId: (id) => (id.startsWith(PREFIX) ? `\0${id}` : undefined),
    load(id) {
      if (!id.startsWith(`\0${PREFIX}`)) return undefined;
      const language = id.slice(PREFIX.length + 1);
      const file = fileURLToPath(new URL(`../../../translations/${language}.json`, import.meta.url));
      this.addWatchFile(file);
      const all = JSON.parse(readFileSync(file, 'utf8')) as Record<string, string>;
      const ours = Object.entries(all).filter(([key]) => key.startsWith('console.'));
      return `export default ${JSON.stringify(Object.fromEntries(ours))}`;
    },
  };
}
