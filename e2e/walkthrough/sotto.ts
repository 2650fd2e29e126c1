// Starts the real program on private ports and an own folder, and stops it.

import { execFileSync, spawn, type ChildProcess } from "node:child_process";
import { appendFileSync, existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { scheduler } from "node:timers/promises";

const root = resolve(import.meta.dirname, "../..");

/** A port that nobody listens on now. */
async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const address = server.address();
  await new Promise((done) => server.close(done));
  if (address === null || typeof address === "string") throw new Error("the system gave no port");
  return address.port;
}

/** The built program: `SOTTO_BINARY`, or the one in cargo's target folder. */
function binary(): string {
  const named = process.env["SOTTO_BINARY"];
  if (named) return named;
  const metadata = execFileSync("cargo", ["metadata", "--format-version=1", "--no-deps"], { cwd: root });
  const target = (JSON.parse(metadata.toString()) as { target_directory: string }).target_directory;
  const path = join(target, "debug", "sotto");
  if (!existsSync(path)) throw new Error(`${path} is missing: run "cargo build --bin sotto" first`);
  return path;
}

export interface Addresses {
  hub: string;
  console: string;
  shop: string;
  widget: string;
}

export interface Options {
  /** The model provider's base URL; none: the embedded assistant alone. */
  model?: string;
  /** Web origins that may call the hub, beside the chat's own. */
  origins?: string[];
}

/** A running Sotto: supervisor, hub, desk, demo shop. */
export class Sotto {
  readonly data: string;
  readonly log: string;
  readonly at: Addresses;
  private readonly config: string;
  private process: ChildProcess | undefined;
  private output = "";

  private constructor(at: Addresses, options: Options) {
    this.data = mkdtempSync(join(tmpdir(), "sotto-walkthrough-"));
    this.log = join(this.data, "output.log");
    this.at = at;
    this.config = join(this.data, "sotto.toml");
    const listen = (url: string) => url.slice("http://".length);
    const model = options.model ? `[desk.model]\nbase_url = "${options.model}"\nname = "double"\n` : "";
    writeFileSync(
      this.config,
      [
        `[hub]\nlisten = "${listen(at.hub)}"\npublic_url = "${at.hub}"\nallowed_origins = ${JSON.stringify([at.widget, ...(options.origins ?? [])])}\n`,
        `[desk]\nhub_url = "${at.hub}"\nlisten = "${listen(at.console)}"\n${model}`,
        `[demo]\nlisten = "${listen(at.shop)}"\n[widget]\nlisten = "${listen(at.widget)}"\n`,
      ].join("\n"),
    );
  }

  static async start(options: Options = {}): Promise<Sotto> {
    const [hub, console, shop, widget] = await Promise.all([freePort(), freePort(), freePort(), freePort()]);
    const url = (port: number | undefined) => `http://127.0.0.1:${port}`;
    const sotto = new Sotto({ hub: url(hub), console: url(console), shop: url(shop), widget: url(widget) }, options);
    await sotto.up();
    return sotto;
  }

  /** Starts `sotto up` and waits until it has printed its addresses. */
  async up(): Promise<void> {
    this.output = "";
    const child = spawn(binary(), ["up", "--data", join(this.data, "sotto"), "--config", this.config], {
      cwd: root,
      stdio: ["ignore", "pipe", "pipe"],
    });
    this.process = child;
    const keep = (chunk: Buffer) => {
      this.output += chunk.toString();
      appendFileSync(this.log, chunk);
    };
    child.stdout.on("data", keep);
    child.stderr.on("data", keep);
    await this.until(() => this.output.includes("Sotto is running"), "the program to be ready");
  }

  /** Runs another command of the program on the same data; gives what it said. */
  command(...words: string[]): string {
    const where = ["--data", join(this.data, "sotto"), "--config", this.config];
    return execFileSync(binary(), [...words, ...where], { cwd: root, stdio: ["ignore", "pipe", "pipe"] }).toString();
  }

  /** The one-time link that the first start printed. */
  enrolment(): string {
    const link = /http:\/\/\S+\/enrol#\S+/.exec(readFileSync(this.log, "utf8"))?.[0];
    if (!link) throw new Error(`no enrolment link was printed:\n${this.output}`);
    return link;
  }

  /** Which customers the demo shop's order service was asked about. */
  async orderJournal(): Promise<{ customer: string }[]> {
    const token = readFileSync(join(this.data, "sotto/demo/back-office.token"), "utf8").trim();
    const answer = await fetch(`${this.at.shop}/api/journal`, { headers: { authorization: `Bearer ${token}` } });
    if (!answer.ok) throw new Error(`the order service answered ${answer.status}`);
    return ((await answer.json()) as { requests: { customer: string }[] }).requests;
  }

  /** The key that a page pins. */
  async deskKey(): Promise<string> {
    const page = await (await fetch(this.at.shop)).text();
    const key = /data-desk="([^"]+)"/.exec(page)?.[1];
    if (!key) throw new Error("the shop page has no data-desk");
    return key;
  }

  /** The process id of one part. */
  pid(part: "hub" | "desk" | "demo"): number {
    for (const entry of readdirSync("/proc")) {
      if (!/^\d+$/.test(entry)) continue;
      try {
        const status = readFileSync(`/proc/${entry}/status`, "utf8");
        const command = readFileSync(`/proc/${entry}/cmdline`, "utf8").split("\0");
        if (status.includes(`PPid:\t${this.process?.pid}\n`) && command.includes(part)) return Number(entry);
      } catch {
        // It ended while we looked.
      }
    }
    throw new Error(`${part} is not running`);
  }

  /** kill -9 of one part; returns when the supervisor has started it again and it is ready. */
  async kill(part: "hub" | "desk"): Promise<void> {
    const before = this.pid(part);
    process.kill(before, "SIGKILL");
    await this.until(() => {
      try {
        return this.pid(part) !== before;
      } catch {
        return false;
      }
    }, `${part} to be started again`);
    const health = part === "hub" ? `${this.at.hub}/readyz` : this.at.console;
    await this.until(async () => (await fetch(health).catch(() => undefined))?.ok === true, `${part} to be ready`);
  }

  /** Ctrl-C, and the end of all parts. */
  async stop(): Promise<void> {
    const child = this.process;
    if (!child || child.exitCode !== null) return;
    const ended = new Promise<void>((done) => child.once("exit", () => done()));
    child.kill("SIGINT");
    await ended;
  }

  remove(): void {
    rmSync(this.data, { recursive: true, force: true });
  }

  private async until(done: () => boolean | Promise<boolean>, what: string): Promise<void> {
    const deadline = Date.now() + 60_000;
    while (!(await done())) {
      if (Date.now() > deadline) throw new Error(`waited a minute for ${what}:\n${this.output.slice(-4000)}`);
      if (this.process?.exitCode !== null) throw new Error(`sotto up ended early:\n${this.output.slice(-4000)}`);
      await scheduler.wait(50);
    }
  }
}
