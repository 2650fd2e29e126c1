/**
 * Bodies and frames of the hub's API, as in crates/protocol. What comes from the hub is foreign: it is read by the
 * functions here, which return nothing for what is malformed.
 */

export type EnvelopeKind = 'welcome' | 'commit' | 'message';

export interface Envelope {
  id: string;
  kind: EnvelopeKind;
  epoch: number;
  /** An encoded MLS message as base64url. */
  body: string;
}

export interface Delivery extends Envelope {
  seq: number;
  author: 'device' | 'desk';
}

export interface CreateChannel {
  channel: string;
  desk: string;
  write: string;
  read: string;
  welcome: Envelope;
}

/** Problem details (RFC 9457). */
export interface Problem {
  code: string;
  status: number;
  /** Seconds. */
  retryAfter: number | null;
}

export type DeviceCommand =
  | { type: 'open'; read: string; write: string; after: number }
  | { type: 'post'; envelope: Envelope };

export type DeviceEvent =
  | { type: 'opened' }
  | { type: 'delivery'; delivery: Delivery }
  | { type: 'posted'; id: string; seq: number }
  | { type: 'refused'; id: string | null; problem: Problem }
  | { type: 'unknown' };

type Fields = Record<string, unknown>;

/** One frame of a channel's socket. */
export function readEvent(text: string): DeviceEvent | undefined {
  const frame = parse(text);
  if (!frame) return undefined;
  switch (frame['type']) {
    case 'opened':
      return { type: 'opened' };
    case 'delivery': {
      const delivery = readDelivery(frame);
      return delivery && { type: 'delivery', delivery };
    }
    case 'posted': {
      const { id, seq } = frame;
      return isText(id) && isCount(seq) ? { type: 'posted', id, seq } : undefined;
    }
    case 'refused':
      return { type: 'refused', id: isText(frame['id']) ? frame['id'] : null, problem: readProblem(frame['problem'], 0, null) };
    default:
      return isText(frame['type']) ? { type: 'unknown' } : undefined;
  }
}

/** The answer to a long-poll. */
export function readDeliveries(body: unknown): Delivery[] | undefined {
  if (!isFields(body) || !Array.isArray(body['envelopes'])) return undefined;
  const deliveries = body['envelopes'].map(readDelivery);
  return deliveries.every((delivery) => delivery !== undefined) ? deliveries : undefined;
}

export function readDelivery(value: unknown): Delivery | undefined {
  if (!isFields(value)) return undefined;
  const { id, kind, epoch, body, seq, author } = value;
  if (!isText(id) || !isText(body) || !isCount(epoch) || !isCount(seq)) return undefined;
  if (kind !== 'welcome' && kind !== 'commit' && kind !== 'message') return undefined;
  if (author !== 'device' && author !== 'desk') return undefined;
  return { id, kind, epoch, body, seq, author };
}

/** A problem's body; when it is none, what the status and the `Retry-After` header say. */
export function readProblem(body: unknown, status: number, retryAfter: string | null): Problem {
  const fields = isFields(body) ? body : {};
  const header = retryAfter !== null && /^\d{1,6}$/.test(retryAfter) ? Number(retryAfter) : null;
  return {
    code: isText(fields['code']) ? fields['code'] : 'unknown',
    status: isCount(fields['status']) ? fields['status'] : status,
    retryAfter: isCount(fields['retry_after']) ? fields['retry_after'] : header,
  };
}

/** The encoded key package of a claim. */
export function readClaimed(body: unknown): string | undefined {
  return isFields(body) && isText(body['key_package']) ? body['key_package'] : undefined;
}

function parse(text: string): Fields | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isFields(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function isText(value: unknown): value is string {
  return typeof value === 'string';
}

export function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}
