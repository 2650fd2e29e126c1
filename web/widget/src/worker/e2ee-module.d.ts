/** The generated module (web/e2ee/pkg, made by `cargo xtask wasm`), declared so that checks run without it. */
declare module '#e2ee' {
  export default function init(input: { module_or_path: Promise<Response> | string }): Promise<unknown>;
  export class Device {
    static create(channel: string, keyPackage: Uint8Array, pinned: string, nowMs: number): Device;
    static load(state: Uint8Array): Device;
    invitation(): Uint8Array;
    seal(json: string): Uint8Array;
    open(body: Uint8Array, nowMs: number): string;
    state(): Uint8Array;
    epoch(): number;
    safetyNumber(): string;
    free(): void;
  }
  export function capabilityHash(capability: Uint8Array): Uint8Array;
}

declare module '#e2ee-wasm' {
  const url: string;
  export default url;
}
