// The staff API as functions. Types are generated from its OpenAPI description (api-types.ts).
import type {
  ConversationDetail,
  ConversationList,
  Enrol,
  EnrolmentOffer,
  Problem,
  ProblemCode,
  SessionView,
  SignIn,
} from './api-types';

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

export const session = (cause: Cause) => call<SessionView>('GET', '/api/session', cause);
export const signIn = (body: SignIn) => call<SessionView>('POST', '/api/session', 'person', body);
export const signOut = () => call<void>('DELETE', '/api/session', 'person');
export const openEnrolment = (token: string) =>
  call<EnrolmentOffer>('POST', '/api/enrolment/offer', 'person', { token });
export const enrol = (body: Enrol) => call<SessionView>('POST', '/api/enrolment', 'person', body);

export const conversations = (cause: Cause) => call<ConversationList>('GET', '/api/conversations', cause);
export const conversation = (id: string, cause: Cause) =>
  call<ConversationDetail>('GET', path(id, ''), cause);
export const takeOver = (id: string) => call<void>('POST', path(id, '/take-over'), 'person');
export const giveBack = (id: string) => call<void>('POST', path(id, '/give-back'), 'person');
export const close = (id: string) => call<void>('POST', path(id, '/close'), 'person');
export const typing = (id: string) => call<void>('POST', path(id, '/typing'), 'person');
export const reply = (id: string, text: string) => call<void>('POST', path(id, '/reply'), 'person', { text });

function path(id: string, act: string): string {
  return `/api/conversations/${encodeURIComponent(id)}${act}`;
}

async function call<T>(method: string, address: string, cause: Cause, body?: object): Promise<T> {
  let response: Response;
  try {
    response = await fetch(address, {
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
  return (response.status === 204 ? undefined : await response.json()) as T;
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
