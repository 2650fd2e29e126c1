// Our own members, in a process of their own: the example `interop` of crates/e2ee, told what to do by JSON lines.

import { execFileSync, spawn, type ChildProcessByStdio } from "node:child_process";
import { createInterface, type Interface } from "node:readline";
import type { Readable, Writable } from "node:stream";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../..", import.meta.url));

export interface Answer {
  readonly error?: string;
  readonly [name: string]: unknown;
}

/** Thrown for a refusal; its message is the stable code. */
export class Refused extends Error {}

export class Peer {
  readonly #child: ChildProcessByStdio<Writable, Readable, null>;
  readonly #lines: Interface;
  readonly #waiting: ((line: string) => void)[] = [];

  constructor(program: string) {
    this.#child = spawn(program, { stdio: ["pipe", "pipe", "inherit"] });
    this.#lines = createInterface(this.#child.stdout);
    this.#lines.on("line", (line) => this.#waiting.shift()?.(line));
  }

  /** Asks for one thing; throws `Refused` when it is refused. */
  async ask(request: Record<string, unknown>): Promise<Answer> {
    const line = await new Promise<string>((resolve) => {
      this.#waiting.push(resolve);
      this.#child.stdin.write(`${JSON.stringify(request)}\n`);
    });
    const answer = JSON.parse(line) as Answer;
    if (answer.error !== undefined) throw new Refused(answer.error);
    return answer;
  }

  /** Asks for octets under a name. */
  async octets(name: string, request: Record<string, unknown>): Promise<Uint8Array> {
    return fromText((await this.ask(request))[name]);
  }

  end(): void {
    this.#lines.close();
    this.#child.kill();
  }
}

/** Builds the program unless `SOTTO_PEER` names a built one; says where it is. */
export function build(): string {
  const named = process.env["SOTTO_PEER"];
  if (named !== undefined) return named;
  const output = execFileSync(
    "cargo",
    ["build", "--quiet", "--package", "e2ee", "--example", "interop", "--message-format", "json"],
    { cwd: root, encoding: "utf8", stdio: ["ignore", "pipe", "inherit"], maxBuffer: 1 << 28 },
  );
  for (const line of output.split("\n")) {
    if (!line.startsWith("{")) continue;
    const message = JSON.parse(line) as { executable?: string | null; target?: { name: string } };
    if (message.target?.name === "interop" && message.executable) return message.executable;
  }
  throw new Error("cargo named no program");
}

export function toText(octets: Uint8Array): string {
  return Buffer.from(octets).toString("base64url");
}

export function fromText(text: unknown): Uint8Array {
  if (typeof text !== "string") throw new Error("no octets in the answer");
  return new Uint8Array(Buffer.from(text, "base64url"));
}
