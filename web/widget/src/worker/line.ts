/**
 * The line to the hub for one channel: a WebSocket, and a long-poll where sockets do not get through. It reconnects
 * for ever with jittered pauses. It keeps nothing: what is outstanding is posted again by `opened`, and the hub
 * knows a repeated envelope by its id.
 */
import { delay } from './backoff.ts';
import { HubError, isPassing, type Hub } from './hub.ts';
import type { Ambient } from './ambient.ts';
import { readEvent, type Delivery, type DeviceCommand, type Envelope, type Problem } from '../protocol/wire.ts';

export interface Access {
  channel: string;
  read: string;
  write: string;
}

export interface LineHooks {
  state(state: 'connecting' | 'online' | 'offline' | 'busy'): void;
  /** The line is up: post all that is outstanding. */
  opened(): void;
  /** In order of `seq`; settles when they are dealt with. */
  delivered(deliveries: Delivery[]): Promise<void>;
  posted(envelope: string): void;
  refused(envelope: string, problem: Problem): void;
  /** The channel does not exist (any more) for us; the line has ended. */
  gone(problem: Problem): void;
  /** The highest `seq` dealt with. */
  after(): number;
}

/** How one connection ended. */
interface End {
  openedAt: number | null;
  problem: Problem | null;
}

const OPENING_MS = 10_000;
const ANSWER_MS = 15_000;
/** A connection that lasted so long was a good one. */
const STEADY_MS = 5_000;
const POLL_SECONDS = 25;
/** After so long by polling the socket is tried again. */
const POLLING_MS = 5 * 60_000;
/** After so many sockets that did not open, polling is tried. */
const SOCKET_TRIES = 2;

export class Line {
  #stopped = false;
  #failures = 0;
  #socketFailures = 0;
  #post: ((envelope: Envelope) => void) | null = null;
  #cut: (() => void) | null = null;
  #endPause: (() => void) | null = null;

  constructor(
    private readonly hub: Hub,
    private readonly access: Access,
    private readonly hooks: LineHooks,
    private readonly ambient: Ambient,
    private readonly openSocket: (url: string) => WebSocket = (url) => new WebSocket(url),
  ) {}

  /** Runs until it is stopped or the channel is gone. */
  async run(): Promise<void> {
    while (!this.#stopped) {
      this.hooks.state('connecting');
      const end = this.#socketFailures < SOCKET_TRIES ? await this.#bySocket() : await this.#byPolling();
      this.#post = null;
      this.#cut = null;
      if (this.#stopped) return;
      if (end.problem && !isPassing(end.problem)) {
        this.hooks.gone(end.problem);
        return;
      }
      const steady = end.openedAt !== null && this.ambient.now() - end.openedAt >= STEADY_MS;
      this.#failures = steady ? 0 : this.#failures + 1;
      this.hooks.state(end.problem ? 'busy' : 'offline');
      await this.#pause(delay(this.#failures, end.problem?.retryAfter ?? null, this.ambient.chance()));
    }
  }

  /** Posts now when the line is up; otherwise `opened` comes later. */
  post(envelope: Envelope): void {
    this.#post?.(envelope);
  }

  /** Tries at once instead of waiting out a pause. */
  wake(): void {
    this.#endPause?.();
  }

  stop(): void {
    this.#stopped = true;
    this.#cut?.();
    this.#endPause?.();
  }

  async #bySocket(): Promise<End> {
    const end: End = { openedAt: null, problem: null };
    const awaited = new Set<string>();
    await new Promise<void>((resolve) => {
      const socket = this.openSocket(this.hub.socketUrl(this.access.channel));
      let disarm = this.ambient.after(OPENING_MS, () => finish());
      const finish = (): void => {
        disarm();
        socket.onopen = socket.onmessage = socket.onclose = socket.onerror = null;
        socket.close();
        resolve();
      };
      const send = (command: DeviceCommand): void => socket.send(JSON.stringify(command));
      // A dead line shows when something that was posted is not answered.
      const expectAnswer = (): void => {
        disarm();
        disarm = awaited.size ? this.ambient.after(ANSWER_MS, () => finish()) : () => undefined;
      };
      this.#cut = finish;
      socket.onclose = socket.onerror = finish;
      socket.onopen = () => {
        send({ type: 'open', read: this.access.read, write: this.access.write, after: this.hooks.after() });
      };
      socket.onmessage = (message) => {
        const event = typeof message.data === 'string' ? readEvent(message.data) : undefined;
        switch (event?.type) {
          case 'opened':
            end.openedAt = this.ambient.now();
            this.#socketFailures = 0;
            this.#post = (envelope) => {
              awaited.add(envelope.id);
              expectAnswer();
              send({ type: 'post', envelope });
            };
            expectAnswer();
            this.hooks.state('online');
            this.hooks.opened();
            break;
          case 'delivery':
            void this.hooks.delivered([event.delivery]);
            break;
          case 'posted':
            awaited.delete(event.id);
            expectAnswer();
            this.hooks.posted(event.id);
            break;
          case 'refused':
            if (event.id === null) {
              end.problem = event.problem;
              finish();
            } else {
              awaited.delete(event.id);
              expectAnswer();
              this.hooks.refused(event.id, event.problem);
            }
            break;
          case 'unknown':
            break;
          case undefined:
            finish();
        }
      };
    });
    if (end.openedAt === null) this.#socketFailures += 1;
    return end;
  }

  async #byPolling(): Promise<End> {
    const end: End = { openedAt: null, problem: null };
    const abort = new AbortController();
    this.#cut = () => abort.abort();
    const { channel, read } = this.access;
    const until = this.ambient.now() + POLLING_MS;
    try {
      while (!this.#stopped && this.ambient.now() < until) {
        const wait = end.openedAt === null ? 0 : POLL_SECONDS;
        const deliveries = await this.hub.envelopes(channel, read, this.hooks.after(), wait, abort.signal);
        if (end.openedAt === null) {
          end.openedAt = this.ambient.now();
          this.#post = this.#poster(abort);
          this.hooks.state('online');
          this.hooks.opened();
        }
        if (deliveries.length) await this.hooks.delivered(deliveries);
      }
    } catch (error) {
      end.problem = error instanceof HubError ? error.problem : null;
    }
    // Polling has ended: one socket is tried before the next polling.
    this.#socketFailures = SOCKET_TRIES - 1;
    return end;
  }

  /** Posts one after the other, so that order is kept; a failure ends the connection, and all goes again. */
  #poster(abort: AbortController): (envelope: Envelope) => void {
    const { channel, write } = this.access;
    let turn = Promise.resolve();
    return (envelope) => {
      turn = turn.then(async () => {
        if (abort.signal.aborted) return;
        try {
          await this.hub.post(channel, write, envelope);
          this.hooks.posted(envelope.id);
        } catch (error) {
          const problem = error instanceof HubError ? error.problem : null;
          if (problem) this.hooks.refused(envelope.id, problem);
          else abort.abort();
        }
      });
    };
  }

  #pause(milliseconds: number): Promise<void> {
    return new Promise((resolve) => {
      const disarm = this.ambient.after(milliseconds, () => this.#endPause?.());
      this.#endPause = () => {
        disarm();
        this.#endPause = null;
        resolve();
      };
    });
  }
}
