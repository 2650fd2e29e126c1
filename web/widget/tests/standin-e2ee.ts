/**
 * Stands in for the encryption in unit tests and in the smoke test, whose hub plays the desk: payloads stay
 * readable, but state, epochs and refusals are as the real one's. It never gets into `dist`.
 */
import { decode, encode } from '../src/protocol/base64url.ts';

export default function init(): Promise<void> {
  return Promise.resolve();
}

interface State {
  channel: string;
  sealed: number;
  opened: string[];
}

export class Device {
  private constructor(private readonly inner: State) {}

  /** A key package of the stand-in is its desk key as text. */
  static create(channel: string, keyPackage: Uint8Array, pinned: string, _nowMs: number): Device {
    if (!pinned.split(' ').includes(new TextDecoder().decode(keyPackage))) throw named('unpinned-key');
    return new Device({ channel, sealed: 0, opened: [] });
  }

  static load(state: Uint8Array): Device {
    try {
      return new Device(JSON.parse(new TextDecoder().decode(state)) as State);
    } catch {
      throw named('corrupt-state');
    }
  }

  invitation(): Uint8Array {
    return new TextEncoder().encode(`welcome ${this.inner.channel}`);
  }

  seal(json: string): Uint8Array {
    this.inner.sealed += 1;
    return new TextEncoder().encode(JSON.stringify({ generation: this.inner.sealed, payload: JSON.parse(json) as unknown }));
  }

  open(body: Uint8Array, _nowMs: number): string {
    const mark = encode(body);
    if (this.inner.opened.includes(mark)) throw named('replay');
    let payload: unknown;
    try {
      payload = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body));
    } catch {
      throw named('garbage');
    }
    this.inner.opened.push(mark);
    return JSON.stringify({ type: 'message', sender: 'desk', payload });
  }

  state(): Uint8Array {
    return new TextEncoder().encode(JSON.stringify(this.inner));
  }

  epoch(): number {
    return 1;
  }

  safetyNumber(): string {
    return '48213 90277 11536 70921 36400 58812 09163 77245 60318 24996 85107 43350';
  }
}

export function capabilityHash(capability: Uint8Array): Uint8Array {
  return decode(encode(capability));
}

function named(name: string): Error {
  const error = new Error(name);
  error.name = name;
  return error;
}
