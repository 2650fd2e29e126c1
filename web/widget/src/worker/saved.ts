/** What is kept of a conversation on the device, and how it becomes octets. */
import type { Consents, Holder } from '../protocol/payload.ts';
import type { Envelope } from '../protocol/wire.ts';
import type { Entry } from '../bridge/worker.ts';

/** A payload on its way. It is sealed once, stored, and posted until the hub has it. */
export interface Outgoing {
  /** The entry it belongs to, when it is shown. */
  entry: string | null;
  /** JSON of a `FromCustomer`. */
  payload: string;
  sealed: Envelope | null;
}

export interface Saved {
  channel: string;
  /** Rights to the channel, base64url. */
  read: string;
  write: string;
  /** The desk key that the channel is for; null until a key package was claimed. */
  desk: string | null;
  /** The welcome, until the hub has it. */
  welcome: Envelope | null;
  /** MLS state; null until the group exists. */
  device: Uint8Array | null;
  /** The highest `seq` dealt with. */
  after: number;
  outbox: Outgoing[];
  entries: Entry[];
  holder: Holder;
  consents: Consents;
  language: string;
  notice: string;
}

const VERSION = 1;

/** Version, length of the JSON (big-endian), JSON, MLS state. */
export function toOctets(saved: Saved): Uint8Array<ArrayBuffer> {
  const { device, ...rest } = saved;
  const json = new TextEncoder().encode(JSON.stringify({ ...rest, hasDevice: device !== null }));
  const octets = new Uint8Array(5 + json.length + (device?.length ?? 0));
  const view = new DataView(octets.buffer);
  view.setUint8(0, VERSION);
  view.setUint32(1, json.length);
  octets.set(json, 5);
  if (device) octets.set(device, 5 + json.length);
  return octets;
}

/** Throws for anything that `toOctets` did not make. */
export function fromOctets(octets: Uint8Array): Saved {
  const view = new DataView(octets.buffer, octets.byteOffset, octets.byteLength);
  if (view.getUint8(0) !== VERSION) throw new RangeError('made by another version');
  const end = 5 + view.getUint32(1);
  const { hasDevice, ...rest } = JSON.parse(new TextDecoder().decode(octets.subarray(5, end))) as Omit<Saved, 'device'> & {
    hasDevice: boolean;
  };
  return { ...rest, device: hasDevice ? octets.slice(end) : null };
}
