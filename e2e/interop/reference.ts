// A member that runs ts-mls: the second implementation, held against ours. Pinned at 1.6.4, never shipped.

// Module by module: the package's own door also loads a provider whose dependencies it does not declare.
import { createGroup, joinGroup, type ClientState } from "ts-mls/clientState.js";
import { defaultClientConfig } from "ts-mls/clientConfig.js";
import { createCommit, type CreateCommitResult } from "ts-mls/createCommit.js";
import { createApplicationMessage } from "ts-mls/createMessage.js";
import { getCiphersuiteFromId, type CiphersuiteImpl } from "ts-mls/crypto/ciphersuite.js";
import { getCiphersuiteImpl } from "ts-mls/crypto/getCiphersuiteImpl.js";
import { acceptAll } from "ts-mls/incomingMessageAction.js";
import {
  decodeKeyPackage,
  encodeKeyPackage,
  generateKeyPackageWithKey,
  type KeyPackage,
  type PrivateKeyPackage,
} from "ts-mls/keyPackage.js";
import { mlsExporter } from "ts-mls/keySchedule.js";
import { decodeMlsMessage, encodeMlsMessage } from "ts-mls/message.js";
import { decryptSenderData } from "ts-mls/privateMessage.js";
import { processPrivateMessage } from "ts-mls/processMessages.js";
import type { Proposal } from "ts-mls/proposal.js";
import { emptyPskIndex } from "ts-mls/pskIndex.js";

const BUCKETS = [256, 1024, 4096, 16_384, 65_536];
const HOUR = 3600n;
const DAY = 24n * HOUR;

/**
 * Suite 0x004F. ts-mls has other numbers for its post-quantum suites: under 79 it has ML-KEM alone. Its table's
 * entry is changed here, in memory, to what the draft's 79 is; the package itself is as published.
 */
export async function suite(): Promise<CiphersuiteImpl> {
  const entry = getCiphersuiteFromId(79);
  Object.assign(entry, {
    hash: "SHA-256",
    hpke: { kem: "X-Wing", aead: "AES128GCM", kdf: "HKDF-SHA256" },
    signature: "Ed25519",
  });
  return getCiphersuiteImpl(entry);
}

/** A key package with its private part. */
export interface OwnKeyPackage {
  readonly public: KeyPackage;
  readonly private: PrivateKeyPackage;
  readonly signatureKey: Uint8Array;
  readonly encoded: Uint8Array;
}

/** A key package as ours are: credential and key say the same, life time bounded. */
export async function keyPackage(cs: CiphersuiteImpl, lifetime = aLifetime()): Promise<OwnKeyPackage> {
  const signature = await cs.signature.keygen();
  const made = await generateKeyPackageWithKey(
    { credentialType: "basic", identity: signature.publicKey },
    { versions: ["mls10"], ciphersuites: [cs.name], extensions: [], proposals: [], credentials: ["basic"] },
    lifetime,
    [],
    signature,
    cs,
  );
  return {
    public: made.publicPackage,
    private: made.privatePackage,
    signatureKey: signature.publicKey,
    encoded: encodeKeyPackage(made.publicPackage),
  };
}

export function aLifetime(): { notBefore: bigint; notAfter: bigint } {
  const now = BigInt(Math.floor(Date.now() / 1000));
  return { notBefore: now - HOUR, notAfter: now + 28n * DAY };
}

export interface Commit {
  readonly commit: Uint8Array;
  readonly welcome: Uint8Array | undefined;
}

export class Reference {
  readonly #cs: CiphersuiteImpl;
  #state: ClientState;
  #pending: CreateCommitResult | undefined;

  private constructor(cs: CiphersuiteImpl, state: ClientState) {
    this.#cs = cs;
    this.#state = state;
  }

  /** A group of one. */
  static async create(cs: CiphersuiteImpl, channel: Uint8Array): Promise<Reference> {
    const own = await keyPackage(cs);
    return new Reference(cs, await createGroup(channel, own.public, own.private, [], cs, defaultClientConfig));
  }

  static async join(cs: CiphersuiteImpl, welcome: Uint8Array, own: OwnKeyPackage): Promise<Reference> {
    const message = decodeMlsMessage(welcome, 0)?.[0];
    if (message?.wireformat !== "mls_welcome") throw new Error("not a welcome");
    const state = await joinGroup(message.welcome, own.public, own.private, emptyPskIndex, cs);
    return new Reference(cs, state);
  }

  add(keyPackage: Uint8Array): Promise<Commit> {
    const decoded = decodeKeyPackage(keyPackage, 0)?.[0];
    if (decoded === undefined) throw new Error("not a key package");
    return this.#commit([{ proposalType: "add", add: { keyPackage: decoded } }]);
  }

  remove(leaf: number): Promise<Commit> {
    return this.#commit([{ proposalType: "remove", remove: { removed: leaf } }]);
  }

  update(): Promise<Commit> {
    return this.#commit([]);
  }

  confirm(): void {
    if (this.#pending === undefined) throw new Error("no commit is pending");
    this.#state = this.#pending.newState;
    this.#pending = undefined;
  }

  abandon(): void {
    this.#pending = undefined;
  }

  async seal(text: string): Promise<Uint8Array> {
    const made = await createApplicationMessage(this.#state, pad(new TextEncoder().encode(text)), this.#cs);
    this.#state = made.newState;
    return encodeMlsMessage({ version: "mls10", wireformat: "mls_private_message", privateMessage: made.privateMessage });
  }

  /** A payload with the leaf that sent it, or nothing for a commit, which is applied. */
  async open(body: Uint8Array): Promise<{ leaf: number; text: string } | undefined> {
    const message = decodeMlsMessage(body, 0)?.[0];
    if (message?.wireformat !== "mls_private_message") throw new Error("not a private message");
    // ts-mls does not say who sent a message (it checks the signature against that leaf, though).
    const present = message.privateMessage.epoch === this.#state.groupContext.epoch;
    const secret = present
      ? this.#state.keySchedule.senderDataSecret
      : this.#state.historicalReceiverData.get(message.privateMessage.epoch)?.senderDataSecret;
    if (secret === undefined) throw new Error("an epoch without keys");
    const sender = await decryptSenderData(message.privateMessage, secret, this.#cs);
    const result = await processPrivateMessage(this.#state, message.privateMessage, emptyPskIndex, this.#cs, acceptAll);
    this.#state = result.newState;
    if (result.kind === "newState") {
      this.#pending = undefined;
      return undefined;
    }
    return { leaf: sender?.leafIndex ?? -1, text: new TextDecoder().decode(unpad(result.message)) };
  }

  /** What all members must agree on, in the form in which our own side gives it. */
  async describe(): Promise<Record<string, unknown>> {
    const { keySchedule, groupContext, ratchetTree } = this.#state;
    const context = new TextEncoder().encode("context");
    const exporter = await mlsExporter(keySchedule.exporterSecret, "sotto test", context, 32, this.#cs);
    const members = ratchetTree.flatMap((node, index) =>
      node?.nodeType === "leaf" ? [[index / 2, text(node.leaf.signaturePublicKey)]] : [],
    );
    return {
      epoch: Number(groupContext.epoch),
      authenticator: text(keySchedule.epochAuthenticator),
      exporter: text(exporter),
      members,
    };
  }

  async #commit(proposals: Proposal[]): Promise<Commit> {
    const made = await createCommit(
      { state: this.#state, cipherSuite: this.#cs },
      { extraProposals: proposals, ratchetTreeExtension: true },
    );
    this.#pending = made;
    const welcome =
      made.welcome && encodeMlsMessage({ version: "mls10", wireformat: "mls_welcome", welcome: made.welcome });
    return { commit: encodeMlsMessage(made.commit), welcome };
  }
}

function text(octets: Uint8Array): string {
  return Buffer.from(octets).toString("base64url");
}

// As crates/protocol/src/padding.rs has it.
function pad(payload: Uint8Array): Uint8Array {
  const bucket = BUCKETS.find((size) => size >= payload.length + 4);
  if (bucket === undefined) throw new Error("too long");
  const padded = new Uint8Array(bucket);
  new DataView(padded.buffer).setUint32(0, payload.length);
  padded.set(payload, 4);
  return padded;
}

function unpad(padded: Uint8Array): Uint8Array {
  if (!BUCKETS.includes(padded.length)) throw new Error("not a bucket");
  const length = new DataView(padded.buffer, padded.byteOffset).getUint32(0);
  return padded.subarray(4, 4 + length);
}
