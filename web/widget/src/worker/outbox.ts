/**
 * What goes to the desk, in order. The head is sealed when it can go, stored, and only then posted; one envelope is
 * under way at a time, so order holds; what is sealed is posted with the same id until the hub has it.
 */
import { encode } from '../protocol/base64url.ts';
import type { FromCustomer } from '../protocol/payload.ts';
import type { Envelope, Problem } from '../protocol/wire.ts';
import type { Mark } from '../bridge/worker.ts';
import type { Ambient } from './ambient.ts';
import type { DeviceState } from './encryption.ts';
import { isPassing } from './hub.ts';
import type { Outgoing } from './saved.ts';

export interface OutboxHooks {
  /** What is waiting; the outbox changes it in place. */
  waiting(): Outgoing[];
  device(): DeviceState | null;
  post(envelope: Envelope): void;
  /** Whether all is on disk now. */
  store(): Promise<boolean>;
  /** Something to store was changed. */
  changed(): void;
  marked(entry: string, mark: Mark): void;
  /** Posting stopped, or goes on. */
  held(held: boolean): void;
  /** The hub does not know the channel. */
  ended(): void;
  /** Runs in turn with everything else of this conversation; does nothing when that is over. */
  inTurn(task: () => Promise<void>): void;
}

/** When the hub refuses for now and does not say for how long. */
const AGAIN_SECONDS = 2;

export class Outbox {
  #lineUp = false;
  #underWay: string | null = null;
  #held = false;

  constructor(
    private readonly hooks: OutboxHooks,
    private readonly ambient: Ambient,
  ) {}

  get lineUp(): boolean {
    return this.#lineUp;
  }

  /** At the end, not yet stored: `settle` does it. */
  put(payload: FromCustomer, entry: string | null): void {
    this.hooks.waiting().push({ entry, payload: JSON.stringify(payload), sealed: null });
    this.hooks.changed();
  }

  /** The line is up: what was under way goes again. */
  async opened(): Promise<void> {
    this.#lineUp = true;
    this.#underWay = null;
    await this.settle();
  }

  closed(): void {
    this.#lineUp = false;
  }

  /** Seals the head when it can go, stores what changed, posts. */
  async settle(): Promise<void> {
    const head = this.hooks.waiting()[0];
    const device = this.hooks.device();
    const goes = head && device && this.#lineUp && !this.#held && this.#underWay === null;
    if (goes && !head.sealed) {
      try {
        head.sealed = this.#seal(device, head.payload);
      } catch {
        return this.#fail(head);
      }
      this.hooks.changed();
    }
    if (!(await this.hooks.store()) || !goes || !head.sealed) return;
    this.#underWay = head.sealed.id;
    this.hooks.post(head.sealed);
  }

  /** Sent once, if it can go at once; not kept. */
  async fleeting(payload: FromCustomer): Promise<void> {
    const device = this.hooks.device();
    if (!device || !this.#lineUp || this.#held || this.hooks.waiting().length) return;
    const envelope = this.#seal(device, JSON.stringify(payload));
    this.hooks.changed();
    if (await this.hooks.store()) this.hooks.post(envelope);
  }

  /** The hub has it. */
  async posted(id: string): Promise<void> {
    const waiting = this.hooks.waiting();
    const place = waiting.findIndex((outgoing) => outgoing.sealed?.id === id);
    if (place < 0) return;
    const [outgoing] = waiting.splice(place, 1);
    if (this.#underWay === id) this.#underWay = null;
    if (outgoing?.entry) this.hooks.marked(outgoing.entry, 'sent');
    if (waiting.length) await this.settle();
  }

  async refused(id: string, problem: Problem): Promise<void> {
    const outgoing = this.hooks.waiting().find((other) => other.sealed?.id === id);
    if (!outgoing) return;
    this.#underWay = null;
    if (problem.code === 'no-channel' || problem.code === 'unauthorized') return this.hooks.ended();
    // Made in an epoch that is over: sealed anew, in the present one, when its commit has come.
    const anew = problem.code === 'stale-epoch' || problem.code === 'envelope-mismatch';
    if (anew) outgoing.sealed = null;
    if (anew || isPassing(problem)) return this.hold(problem.retryAfter ?? AGAIN_SECONDS);
    await this.#fail(outgoing);
  }

  /** Posts nothing for so many seconds. */
  hold(seconds: number): void {
    if (this.#held) return;
    this.#held = true;
    this.hooks.held(true);
    const resume = async (): Promise<void> => {
      this.#held = false;
      this.hooks.held(false);
      await this.settle();
    };
    this.ambient.after(seconds * 1000 * (1 + this.ambient.chance() / 5), () => this.hooks.inTurn(resume));
  }

  /** It will never go as it is: the customer sees so, and what is behind it goes on. */
  async #fail(outgoing: Outgoing): Promise<void> {
    const waiting = this.hooks.waiting();
    waiting.splice(waiting.indexOf(outgoing), 1);
    if (outgoing.entry) this.hooks.marked(outgoing.entry, 'failed');
    this.hooks.changed();
    await this.settle();
  }

  #seal(device: DeviceState, payload: string): Envelope {
    const body = encode(device.seal(payload));
    return { id: encode(this.ambient.random(16)), kind: 'message', epoch: Number(device.epoch()), body };
  }
}
