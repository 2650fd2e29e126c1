// The staff API as functions. Types are generated from its OpenAPI description (api-types.ts).
import type { Enrol, Operations, Problem, ProblemCode, SignIn } from './api-types';

/** The desk refused; `code` chooses the words. */
export class Refused extends Error {
  constructor(
    readonly code: ProblemCode,
    readonly status: number,
    readonly retryAfter: number,
    readonly instance: string | null,
  ) {
    super(code);
  }
}

/** No answer at all: the network or the desk is away. */
export class Unreachable extends Error {}

/** Who caused a request. Only a person's own acts keep the session from ending when nobody is there. */
export type Cause = 'person' | 'live';

export const session = (cause: Cause) => call('GET /api/session', cause, {});
export const signIn = (body: SignIn) => call('POST /api/session', 'person', { body });
export const signOut = () => call('DELETE /api/session', 'person', {});
export const openEnrolment = (token: string) => call('POST /api/enrolment/offer', 'person', { body: { token } });
export const enrol = (body: Enrol) => call('POST /api/enrolment', 'person', { body });

export const conversations = (cause: Cause) => call('GET /api/conversations', cause, {});
export const conversation = (id: string, cause: Cause) => call('GET /api/conversations/{id}', cause, { id });
export const takeOver = (id: string) => call('POST /api/conversations/{id}/take-over', 'person', { id });
export const giveBack = (id: string) => call('POST /api/conversations/{id}/give-back', 'person', { id });
export const close = (id: string) => call('POST /api/conversations/{id}/close', 'person', { id });
export const typing = (id: string) => call('POST /api/conversations/{id}/typing', 'person', { id });
export const reply = (id: string, text: string) =>
  call('POST /api/conversations/{id}/reply', 'person', { id, body: { text } });

type Operation = keyof Operations;
/** What an endpoint needs: an id when its path has one, a body when it takes one. */
type Needs<Key extends Operation> = (Key extends `${string}{id}${string}` ? { id: string } : { id?: never }) &
  (Operations[Key]['body'] extends undefined ? { body?: never } : { body: Operations[Key]['body'] });

async function call<Key extends Operation>(
  operation: Key,
  cause: Cause,
  { id, body }: Needs<Key>,
): Promise<Operations[Key]['answer']> {
  const [method = '', path = ''] = operation.split(' ');
  let response: Response;
  try {
    response = await fetch(path.replace('{id}', encodeURIComponent(id ?? '')), {
      method,
      // A header that no other web page can send along (cross-site request forgery).
      headers: { 'x-sotto-console': cause, ...(body && { 'content-type': 'application/json' }) },
      ...(body && { body: JSON.stringify(body) }),
      cache: 'no-store',
      redirect: 'error',
    });
  } catch {
    throw new Unreachable();
  }
  if (!response.ok) throw await refusal(response);
  return (response.status === 204 ? undefined : await response.json()) as Operations[Key]['answer'];
}

async function refusal(response: Response): Promise<Error> {
  const problem = (await response.json().catch(() => null)) as Problem | null;
  // A gateway between us and the desk that answers in the desk's place: the desk is away.
  if (problem === null && response.status >= 500) return new Unreachable();
  return new Refused(
    problem?.code ?? 'unknown',
    response.status,
    problem?.retry_after ?? 0,
    problem?.instance ?? null,
  );
}
