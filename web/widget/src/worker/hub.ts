/** The hub's HTTP calls. Nothing but what the API needs goes with them: no cookies, no referrer, no cache. */
import {
  readClaimed,
  readDeliveries,
  readProblem,
  type CreateChannel,
  type Delivery,
  type Envelope,
  type Problem,
} from '../protocol/wire.ts';

/** The hub refused, or could not be reached (`problem` is null). */
export class HubError extends Error {
  override readonly name = 'HubError';
  constructor(readonly problem: Problem | null) {
    super(problem ? problem.code : 'unreachable');
  }

  /** Whether the same request can succeed later. */
  get passing(): boolean {
    return isPassing(this.problem);
  }
}

/** Whether waiting helps: no answer, too many requests, busy, full, or a fault of the hub. */
export function isPassing(problem: Problem | null): boolean {
  if (!problem) return true;
  return problem.status === 408 || problem.status === 425 || problem.status === 429 || problem.status >= 500;
}

const CALL_MS = 20_000;

export class Hub {
  constructor(
    readonly base: string,
    private readonly fetcher: typeof fetch = (input, init) => fetch(input, init),
  ) {}

  /** One key package of the desk, encoded. */
  async claim(desk: string): Promise<string> {
    const keyPackage = readClaimed(await this.#call('POST', `/v1/desks/${desk}/key-packages/claim`));
    if (keyPackage === undefined) throw new HubError(null);
    return keyPackage;
  }

  /** Opens a channel; opening the same one again after a lost answer counts as done. */
  async create(body: CreateChannel): Promise<void> {
    try {
      await this.#call('POST', '/v1/channels', { body });
    } catch (error) {
      // The id is 128 random bits of our own: if it is taken, our earlier request took it.
      if (error instanceof HubError && error.problem?.code === 'channel-exists') return;
      throw error;
    }
  }

  async post(channel: string, write: string, envelope: Envelope): Promise<void> {
    await this.#call('POST', `/v1/channels/${channel}/envelopes`, { body: envelope, bearer: write });
  }

  /** Long-poll: what came after `after`, waiting up to `wait` seconds for something. */
  async envelopes(channel: string, read: string, after: number, wait: number, signal: AbortSignal): Promise<Delivery[]> {
    const path = `/v1/channels/${channel}/envelopes?after=${after}&wait=${wait}`;
    const deliveries = readDeliveries(await this.#call('GET', path, { bearer: read, wait, signal }));
    if (!deliveries) throw new HubError(null);
    return deliveries;
  }

  /** Ends a channel. One that is gone already is no error. */
  async remove(channel: string, write: string): Promise<void> {
    try {
      await this.#call('DELETE', `/v1/channels/${channel}`, { bearer: write });
    } catch (error) {
      if (error instanceof HubError && (error.problem?.status === 404 || error.problem?.status === 410)) return;
      throw error;
    }
  }

  /** Where a channel's socket is. */
  socketUrl(channel: string): string {
    return `${this.base.replace(/^http/, 'ws')}/v1/channels/${channel}/socket`;
  }

  async #call(
    method: string,
    path: string,
    options: { body?: unknown; bearer?: string; wait?: number; signal?: AbortSignal } = {},
  ): Promise<unknown> {
    const headers: Record<string, string> = { accept: 'application/json' };
    if (options.body !== undefined) headers['content-type'] = 'application/json';
    if (options.bearer !== undefined) headers['authorization'] = `Bearer ${options.bearer}`;
    const timeout = AbortSignal.timeout(CALL_MS + (options.wait ?? 0) * 1000);
    let response: Response;
    let body: unknown;
    try {
      response = await this.fetcher(this.base + path, {
        method,
        headers,
        body: options.body === undefined ? null : JSON.stringify(options.body),
        mode: 'cors',
        credentials: 'omit',
        cache: 'no-store',
        referrerPolicy: 'no-referrer',
        signal: options.signal ? AbortSignal.any([options.signal, timeout]) : timeout,
      });
      const text = await response.text();
      body = text && /json/.test(response.headers.get('content-type') ?? '') ? JSON.parse(text) : undefined;
    } catch {
      throw new HubError(null);
    }
    if (!response.ok) throw new HubError(readProblem(body, response.status, response.headers.get('retry-after')));
    return body;
  }
}
