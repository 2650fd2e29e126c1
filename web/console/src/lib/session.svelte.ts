// Who is signed in, and why nobody is.
import * as api from './api';
import type { Enrol, SessionView, SignIn } from './api-types';

export type Session =
  | { status: 'starting' }
  | { status: 'away' }
  | { status: 'out'; reason: 'none' | 'ended' | 'signed-out' }
  | { status: 'in'; person: SessionView };

let session = $state.raw<Session>({ status: 'starting' });

export const current = () => session;

/** Asks the desk whether this browser is signed in. */
export async function start(): Promise<void> {
  session = { status: 'starting' };
  try {
    session = { status: 'in', person: await api.session('person') };
  } catch (error) {
    session =
      error instanceof api.Refused && error.status === 401
        ? { status: 'out', reason: 'none' }
        : { status: 'away' };
  }
}

export async function signIn(body: SignIn): Promise<void> {
  session = { status: 'in', person: await api.signIn(body) };
}

export async function enrol(body: Enrol): Promise<void> {
  session = { status: 'in', person: await api.enrol(body) };
}

/** Signs out. Without an answer from the desk the session may still stand there, so the screen stays. */
export async function signOut(): Promise<void> {
  try {
    await api.signOut();
  } catch (error) {
    if (!(error instanceof api.Refused && error.status === 401)) throw error;
  }
  session = { status: 'out', reason: 'signed-out' };
}

/** The desk says that the session is over. */
export function ended(): void {
  session = { status: 'out', reason: 'ended' };
}
