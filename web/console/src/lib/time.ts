// Times as people read them. Every function takes the present moment, so a test can choose it.

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** How long something has lasted, short: "now", "4 min", "2 hr", "3 days". */
export function lasted(since: number, now: number, language: string, justNow: string): string {
  const span = Math.max(0, now - since);
  if (span < MINUTE) return justNow;
  const [number, unit] =
    span < HOUR ? [span / MINUTE, 'minute'] : span < DAY ? [span / HOUR, 'hour'] : [span / DAY, 'day'];
  return new Intl.NumberFormat(language, { style: 'unit', unit, unitDisplay: 'short' }).format(Math.floor(number));
}

/** The time of day; with the date when it was not today. */
export function moment(at: number, now: number, language: string): string {
  const sameDay = new Date(at).toDateString() === new Date(now).toDateString();
  return new Intl.DateTimeFormat(language, {
    hour: '2-digit',
    minute: '2-digit',
    ...(!sameDay && { day: 'numeric', month: 'short' }),
  }).format(at);
}

/** The name of a language in another: `de` in English is "German". */
export function languageName(tag: string, language: string): string {
  try {
    return new Intl.DisplayNames(language, { type: 'language' }).of(tag) ?? tag;
  } catch {
    return tag;
  }
}
