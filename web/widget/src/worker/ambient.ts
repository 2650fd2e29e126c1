/** Time and chance as parameters, so that tests move them. */
export interface Ambient {
  /** Milliseconds since the Unix epoch. */
  now(): number;
  random(octets: number): Uint8Array<ArrayBuffer>;
  /** A number from 0 up to, not with, 1; for jitter alone. */
  chance(): number;
  /** Runs `then` after so many milliseconds; the returned function takes it back. */
  after(milliseconds: number, then: () => void): () => void;
}

export const browserAmbient: Ambient = {
  now: () => Date.now(),
  random: (octets) => crypto.getRandomValues(new Uint8Array(octets)),
  chance: () => Math.random(),
  after: (milliseconds, then) => {
    const timer = setTimeout(then, milliseconds);
    return () => clearTimeout(timer);
  },
};
