/**
 * Opens a channel: takes a key package of the desk, makes the group with it, stores it, and gives the hub the
 * welcome. Repeats until it is done. A key package that the pinned desk key did not sign ends it at once.
 */
import { decode, encode } from '../protocol/base64url.ts';
import type { Ambient } from './ambient.ts';
import { delay } from './backoff.ts';
import type { DeviceState, Encryption } from './encryption.ts';
import { HubError, type Hub } from './hub.ts';
import type { Saved } from './saved.ts';

export interface Establishing {
  desks: string[];
  hub: Hub;
  ambient: Ambient;
  encryption: Promise<Encryption>;
  state: (state: 'connecting' | 'offline' | 'busy') => void;
  /** Stores what was changed in `saved`. */
  stored: () => Promise<void>;
  /** Whether nobody waits for it any more. */
  stopped: () => boolean;
  /** Takes a function that ends the present pause. */
  wakeable: (wake: (() => void) | null) => void;
}

export type Outcome = DeviceState | 'unpinned' | 'unsupported' | 'stopped';

export async function establish(saved: Saved, parts: Establishing): Promise<Outcome> {
  let encryption: Encryption;
  try {
    encryption = await parts.encryption;
  } catch {
    return 'unsupported';
  }
  let device = reload(saved, encryption);
  for (let failures = 0; !parts.stopped(); failures += 1) {
    parts.state('connecting');
    try {
      device ??= await createGroup(saved, encryption, parts);
      await openChannel(saved, encryption, parts);
      return parts.stopped() ? 'stopped' : device;
    } catch (error) {
      if (error instanceof Error && error.name === 'unpinned-key') return 'unpinned';
      const problem = error instanceof HubError ? error.problem : null;
      if (error instanceof HubError && !error.passing) {
        // This welcome is not taken; the next try makes a new group.
        device = saved.device = saved.welcome = null;
      }
      parts.state(problem ? 'busy' : 'offline');
      await pause(delay(failures + 1, problem?.retryAfter ?? null, parts.ambient.chance()), parts);
    }
  }
  return 'stopped';
}

/** The group that an earlier try stored; one that does not load is made anew, for nobody has written in it. */
function reload(saved: Saved, encryption: Encryption): DeviceState | null {
  try {
    return saved.device && encryption.load(saved.device);
  } catch {
    saved.device = saved.welcome = null;
    return null;
  }
}

async function createGroup(saved: Saved, encryption: Encryption, parts: Establishing): Promise<DeviceState> {
  const { desk, keyPackage } = await claim(parts);
  const device = encryption.create(saved.channel, decode(keyPackage), parts.desks.join(' '), parts.ambient.now());
  saved.desk = desk;
  saved.welcome = {
    id: encode(parts.ambient.random(16)),
    kind: 'welcome',
    epoch: Number(device.epoch()),
    body: encode(device.invitation()),
  };
  saved.device = device.state();
  await parts.stored();
  return device;
}

/** From the first of the pinned desks that the hub knows: two are pinned while one key replaces the other. */
async function claim({ desks, hub }: Establishing): Promise<{ desk: string; keyPackage: string }> {
  let refusal: unknown = new HubError(null);
  for (const desk of desks) {
    try {
      return { desk, keyPackage: await hub.claim(desk) };
    } catch (error) {
      if (!(error instanceof HubError) || error.passing) throw error;
      refusal = error;
    }
  }
  throw refusal;
}

async function openChannel(saved: Saved, encryption: Encryption, parts: Establishing): Promise<void> {
  const { desk, welcome, channel } = saved;
  if (!desk || !welcome) return;
  const hashOf = (capability: string): string => encode(encryption.capabilityHash(decode(capability)));
  await parts.hub.create({ channel, desk, write: hashOf(saved.write), read: hashOf(saved.read), welcome });
  saved.welcome = null;
  await parts.stored();
}

function pause(milliseconds: number, { ambient, wakeable }: Establishing): Promise<void> {
  return new Promise((resolve) => {
    const wake = (): void => {
      disarm();
      wakeable(null);
      resolve();
    };
    const disarm = ambient.after(milliseconds, wake);
    wakeable(wake);
  });
}
