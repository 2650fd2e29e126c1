// Two implementations in one group, in each role: after each step they must agree on epoch, epoch authenticator,
// exporter and members.

import { existsSync, readFileSync } from "node:fs";

import type { CiphersuiteImpl } from "ts-mls/crypto/ciphersuite.js";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";

import { build, fromText, Peer, Refused, toText } from "./peer.ts";
import { aLifetime, keyPackage, Reference, suite, type Commit } from "./reference.ts";

const CHANNEL = new Uint8Array(16).fill(7);

let cs: CiphersuiteImpl;
let peer: Peer;
let number = 0;
/** Names of our members must differ between the tests. */
let ours: string;

beforeAll(async () => {
  peer = new Peer(build());
  cs = await suite();
}, 1_800_000);

afterAll(() => peer.end());

beforeEach(() => {
  number += 1;
  ours = `member ${number}`;
});

describe("a device of the other implementation and our desk", () => {
  it("talk both ways, out of order, and renew their keys", async () => {
    const { device } = await deviceOfTheirs();
    await agree(device);
    await talk(device, "device", 1);
    const bodies = [];
    for (const text of ["a", "b", "c"]) bodies.push([text, await device.seal(text)] as const);
    for (const [text, body] of bodies.toReversed()) expect(await open(body)).toMatchObject({ text });

    await theirCommit(device, await device.update());
    await ourCommit(device, await peer.ask({ do: "update", member: ours }));
    await talk(device, "device", 1);
  });

  it("carry a message of an older epoch", async () => {
    const { device } = await deviceOfTheirs();
    const late = await device.seal("late");
    const ourLate = await seal("our late");
    for (let epoch = 0; epoch < 2; epoch += 1) await theirCommit(device, await device.update());
    expect(await open(late)).toEqual({ type: "message", sender: "device", text: "late" });
    expect(await device.open(ourLate)).toEqual({ leaf: 1, text: "our late" });
  });

  it("resolve a conflict of commits, each losing once", async () => {
    const { device } = await deviceOfTheirs();
    const lost = await device.update();
    device.abandon();
    await ourCommit(device, await peer.ask({ do: "update", member: ours }));
    await expect(open(lost.commit)).rejects.toThrow(new Refused("stale-commit"));

    await peer.ask({ do: "update", member: ours });
    const won = await device.update();
    await peer.ask({ do: "abandon", member: ours });
    await theirCommit(device, won);
    await talk(device, "device", 1);
  });

  it("go on after our member was stored and loaded", async () => {
    const { device } = await deviceOfTheirs();
    await talk(device, "device", 1);
    await peer.ask({ do: "reload", member: ours });
    await agree(device);
    await talk(device, "device", 1);
    await theirCommit(device, await device.update());
  });

  it("use a key package of last resort more than once", async () => {
    const package_ = await peer.octets("key_package", { do: "desk-key-package", last_resort: true });
    for (const _ of [1, 2]) {
      ours = `${ours}, again`;
      const { device } = await deviceOfTheirs(package_);
      await talk(device, "device", 1);
    }
  });

  it("refuse a repeat and a body that was changed", async () => {
    const { device } = await deviceOfTheirs();
    const body = await device.seal("once");
    await open(body);
    await expect(open(body)).rejects.toThrow(new Refused("replay"));
    const changed = Uint8Array.from(await device.seal("changed"));
    changed[changed.length - 1]! ^= 1;
    await expect(open(changed)).rejects.toThrow(new Refused("garbage"));
    await talk(device, "device", 1);
  });

  it("take a further device of ours in and put it out again", async () => {
    const { device } = await deviceOfTheirs();
    const added = await device.add(await peer.octets("key_package", { do: "device-key-package" }));
    await theirCommit(device, added);
    const tablet = `${ours}, tablet`;
    await peer.ask({ do: "join", member: tablet, welcome: toText(added.welcome!), pinned: [await deskKey()] });
    await agree(device, tablet);
    expect(await open(await device.seal("to both"), tablet)).toMatchObject({ sender: "device", text: "to both" });

    const removed = await device.remove(2);
    await peer.ask({ do: "open", member: tablet, body: toText(removed.commit) });
    await theirCommit(device, removed);
    await expect(open(await device.seal("not for the tablet"), tablet)).rejects.toThrow(new Refused("removed"));
  });
});

describe("our device and a desk of the other implementation", () => {
  it("talk both ways and renew their keys", async () => {
    const { desk } = await deskOfTheirs();
    await agree(desk);
    await talk(desk, "desk", 0);
    await ourCommit(desk, await peer.ask({ do: "update", member: ours }));
    await theirCommit(desk, await desk.update());
    await talk(desk, "desk", 0);
  });

  it("take in a device of the other implementation, and put it out again", async () => {
    const { desk } = await deskOfTheirs();
    const own = await keyPackage(cs);
    const answer = await peer.ask({ do: "add", member: ours, key_package: toText(own.encoded) });
    await ourCommit(desk, answer);
    const tablet = await Reference.join(cs, fromText(answer["welcome"]), own);
    await agree(tablet);
    expect(await open(await tablet.seal("hello"))).toEqual({ type: "message", sender: "device", text: "hello" });
    const removal = await peer.ask({ do: "remove", member: ours, leaf: 2 });
    await ourCommit(desk, removal);
    const secret = await seal("without the tablet");
    await expect(tablet.open(secret)).rejects.toThrow();
    expect(await desk.open(secret)).toEqual({ leaf: 0, text: "without the tablet" });
  });

  it("are not begun with an infinite life time or a key that is not pinned", async () => {
    const infinite = await keyPackage(cs, { notBefore: 0n, notAfter: 9_223_372_036_854_775_807n });
    await expect(create(infinite.encoded, infinite.signatureKey)).rejects.toThrow(new Refused("long-key-package"));
    const { notBefore } = aLifetime();
    const over = await keyPackage(cs, { notBefore, notAfter: notBefore + 1n });
    await expect(create(over.encoded, over.signatureKey)).rejects.toThrow(new Refused("expired-key-package"));
    const stranger = await keyPackage(cs);
    await expect(create(stranger.encoded, CHANNEL_KEY)).rejects.toThrow(new Refused("unpinned-key"));
  });
});

describe("the module for the browser", () => {
  const folder = new URL("../../web/e2ee/pkg/", import.meta.url);

  it("talks to a desk of the other implementation", async () => {
    expect(existsSync(folder), "run `cargo xtask wasm` first").toBe(true);
    const { default: init, Device } = (await import(new URL("e2ee.js", folder).href)) as Module;
    await init({ module_or_path: readFileSync(new URL("e2ee_bg.wasm", folder)) });
    const own = await keyPackage(cs);
    const device = Device.create(toText(CHANNEL), own.encoded, toText(own.signatureKey), Date.now());
    const desk = await Reference.join(cs, device.invitation(), own);
    expect(await desk.open(device.seal('{"kind":"typing"}'))).toEqual({ leaf: 0, text: '{"kind":"typing"}' });
    const answer = await desk.seal('{"kind":"text","text":"ünïcode"}');
    const again = Device.load(device.state());
    expect(JSON.parse(again.open(answer, Date.now()))).toEqual({
      type: "message",
      sender: "desk",
      payload: { kind: "text", text: "ünïcode" },
    });
    expect(() => again.open(answer, Date.now())).toThrow(expect.objectContaining({ name: "replay" }));
    expect(() => Device.load(new Uint8Array(100))).toThrow(expect.objectContaining({ name: "corrupt-state" }));

    const commit = again.update();
    expect(await desk.open(commit)).toBeUndefined();
    again.confirm();
    expect(again.epoch()).toBe(2);
    expect(await desk.open(again.seal("{}"))).toEqual({ leaf: 0, text: "{}" });
  });
});

const CHANNEL_KEY = new Uint8Array(32).fill(9);

interface Module {
  default: (input: { module_or_path: Uint8Array }) => Promise<unknown>;
  Device: {
    create(channel: string, keyPackage: Uint8Array, pinned: string, now: number): Device;
    load(state: Uint8Array): Device;
  };
}
interface Device {
  invitation(): Uint8Array;
  seal(json: string): Uint8Array;
  open(body: Uint8Array, now: number): string;
  update(): Uint8Array;
  confirm(): void;
  epoch(): number;
  state(): Uint8Array;
}

async function deskKey(): Promise<string> {
  return String((await peer.ask({ do: "desk" }))["key"]);
}

/** They begin the group and add our desk. */
async function deviceOfTheirs(package_?: Uint8Array): Promise<{ device: Reference }> {
  const device = await Reference.create(cs, CHANNEL);
  const added = await device.add(package_ ?? (await peer.octets("key_package", { do: "desk-key-package" })));
  device.confirm();
  await peer.ask({ do: "join", member: ours, welcome: toText(added.welcome!) });
  return { device };
}

/** We begin the group and add their desk. */
async function deskOfTheirs(): Promise<{ desk: Reference }> {
  const own = await keyPackage(cs);
  return { desk: await Reference.join(cs, await create(own.encoded, own.signatureKey), own) };
}

function create(keyPackage: Uint8Array, pinned: Uint8Array): Promise<Uint8Array> {
  return peer.octets("welcome", {
    do: "create",
    member: ours,
    channel: toText(CHANNEL),
    key_package: toText(keyPackage),
    pinned: [toText(pinned)],
  });
}

async function theirCommit(theirs: Reference, { commit }: Commit): Promise<void> {
  expect(await peer.ask({ do: "open", member: ours, body: toText(commit) })).toMatchObject({ type: "commit" });
  theirs.confirm();
  await agree(theirs);
}

async function ourCommit(theirs: Reference, answer: Record<string, unknown>): Promise<void> {
  expect(await theirs.open(fromText(answer["commit"]))).toBeUndefined();
  await peer.ask({ do: "confirm", member: ours });
  await agree(theirs);
}

async function seal(text: string): Promise<Uint8Array> {
  return peer.octets("body", { do: "seal", member: ours, payload: toText(new TextEncoder().encode(text)) });
}

async function open(body: Uint8Array, member = ours): Promise<unknown> {
  const answer = await peer.ask({ do: "open", member, body: toText(body) });
  if (answer["type"] !== "message") return answer;
  const text = new TextDecoder().decode(fromText(answer["payload"]));
  return { type: "message", sender: answer["sender"], text };
}

/** A message each way; `leaf` is ours. */
async function talk(theirs: Reference, sender: "desk" | "device", leaf: number): Promise<void> {
  for (const text of ["Grüße 🙂", "x".repeat(1000), ""]) {
    expect(await open(await theirs.seal(text))).toEqual({ type: "message", sender, text });
    expect(await theirs.open(await seal(text))).toEqual({ leaf, text });
  }
}

async function agree(theirs: Reference, member = ours): Promise<void> {
  const { safety: _, ...answer } = await peer.ask({ do: "describe", member });
  expect(answer).toEqual(await theirs.describe());
}
