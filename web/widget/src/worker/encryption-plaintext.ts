/**
 * FOR THE CANARY TEST ONLY. Channels are opened as always, but payloads are sent unsealed, so that the test which
 * searches the hub for typed words can be seen to fail. The build puts it in only when it is asked to by name and
 * only into `dist-plaintext`; a test holds that `dist` has nothing of it.
 */
import { loadEncryption as loadSealed, type DeviceState, type Encryption } from './encryption.ts';

export const marker = 'sotto-widget-sends-unsealed-for-the-canary-test';

export type { DeviceState, Encryption } from './encryption.ts';

export async function loadEncryption(): Promise<Encryption> {
  const sealed = await loadSealed();
  console.error(marker);
  return {
    ...sealed,
    create: (channel, keyPackage, pinned, nowMs) => unsealed(sealed.create(channel, keyPackage, pinned, nowMs)),
    load: (state) => unsealed(sealed.load(state)),
  };
}

function unsealed(device: DeviceState): DeviceState {
  return {
    invitation: () => device.invitation(),
    seal: (json) => new TextEncoder().encode(json),
    open: (body, nowMs) => device.open(body, nowMs),
    state: () => device.state(),
    epoch: () => device.epoch(),
    safetyNumber: () => device.safetyNumber(),
  };
}
