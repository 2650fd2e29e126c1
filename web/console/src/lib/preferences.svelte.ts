// What the person chose for this browser: nothing about a customer is ever kept here.
import type { Language } from './words.svelte';

export type Theme = 'light' | 'dark';

interface Preferences {
  language: Language | null;
  theme: Theme | null;
  shortcuts: boolean;
}

const KEY = 'sotto-console';

export const preferences = $state<Preferences>(read());

/** Keeps the choices for the next visit; without storage they last until the page closes. */
export function keepPreferences(): void {
  try {
    localStorage.setItem(KEY, JSON.stringify(preferences));
  } catch {
    // Storage can be switched off; the choice still holds on this page.
  }
}

/** Shows the chosen theme, else the system's, and follows the system while nothing is chosen. */
export function showTheme(): void {
  const dark = matchMedia('(prefers-color-scheme: dark)');
  const show = () => {
    document.documentElement.dataset.theme = preferences.theme ?? (dark.matches ? 'dark' : 'light');
  };
  dark.onchange = show;
  show();
}

function read(): Preferences {
  const preferences: Preferences = { language: null, theme: null, shortcuts: true };
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(KEY) ?? '{}');
    if (typeof kept !== 'object' || kept === null) return preferences;
    if ('language' in kept && (kept.language === 'en' || kept.language === 'de')) preferences.language = kept.language;
    if ('theme' in kept && (kept.theme === 'light' || kept.theme === 'dark')) preferences.theme = kept.theme;
    if ('shortcuts' in kept && kept.shortcuts === false) preferences.shortcuts = false;
  } catch {
    // Unreadable or forbidden storage is the same as none.
  }
  return preferences;
}
