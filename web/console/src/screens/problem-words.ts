// What to tell a person when the desk refused.
import { Refused } from '../lib/api';
import { count, named, t } from '../lib/words.svelte';

export interface ProblemWords {
  code: string;
  text: string;
}

/** Words for a failed request; the codes are the staff API's (see crates/protocol/src/problem.rs). */
export function problemWords(error: unknown): ProblemWords {
  if (!(error instanceof Refused)) return { code: 'unreachable', text: t('console.problem.unreachable') };
  const text =
    error.code === 'rate-limited'
      ? count('console.problem.rate_limited', Math.max(1, error.retryAfter))
      : codeWords(error.code);
  return { code: error.code, text: error.instance === null ? text : `${text} (${error.instance})` };
}

/** Words for a problem's code. */
export function codeWords(code: string): string {
  return named('console.problem', code, 'console.problem.internal');
}
