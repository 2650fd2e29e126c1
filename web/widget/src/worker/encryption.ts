/** The encryption as the worker uses it: MLS (RFC 9420) by OpenMLS as WebAssembly, from crates/e2ee-wasm. */
import init, { Device, capabilityHash } from '#e2ee';
import wasmUrl from '#e2ee-wasm';

/** The customer's member of one group. Errors are thrown with a stable `name`. */
export interface DeviceState {
  invitation(): Uint8Array;
  /** Pads and seals one payload; the state must be stored before what this returns is sent. */
  seal(json: string): Uint8Array;
  /** JSON: `{"type":"message","sender":…,"payload":{…}}`, `{"type":"commit",…}` or `{"type":"own"}`. */
  open(body: Uint8Array, nowMs: number): string;
  state(): Uint8Array;
  epoch(): number;
  safetyNumber(): string;
}

export interface Encryption {
  /** Fails with the name `unpinned-key` when the key package is not the pinned desk's. */
  create(channel: string, keyPackage: Uint8Array, pinned: string, nowMs: number): DeviceState;
  load(state: Uint8Array): DeviceState;
  /** SHA-256. */
  capabilityHash(capability: Uint8Array): Uint8Array;
}

/** Fetches and compiles the module; fails when the browser cannot. */
export async function loadEncryption(): Promise<Encryption> {
  await init({ module_or_path: fetch(wasmUrl) });
  return {
    create: (channel, keyPackage, pinned, nowMs) => Device.create(channel, keyPackage, pinned, nowMs),
    load: (state) => Device.load(state),
    capabilityHash,
  };
}
