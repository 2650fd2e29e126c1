// A desk that really encrypts, for the smoke test and the bench: crates/e2ee's example `interop`, which does what it
// is told in JSON lines. Built by `cargo build -p e2ee --example interop`.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const target = process.env.CARGO_TARGET_DIR ?? fileURLToPath(new URL('../../../target', import.meta.url));
const program = `${target}/debug/examples/interop`;

/** Whether it has been built. */
export const hasSealedDesk = () => existsSync(program);

/** The same functions as the stand-in desk's in standin-hub.mjs. */
export async function sealedDesk() {
  const child = spawn(program, { stdio: ['pipe', 'pipe', 'inherit'] });
  const waiting = [];
  createInterface({ input: child.stdout }).on('line', (line) => waiting.shift()(JSON.parse(line)));
  const ask = (request) =>
    new Promise((resolve, reject) => {
      waiting.push((answer) => (answer.error ? reject(new Error(`${request.do}: ${answer.error}`)) : resolve(answer)));
      child.stdin.write(`${JSON.stringify(request)}\n`);
    });
  const { key } = await ask({ do: 'desk' });
  const octets = (payload) => Buffer.from(JSON.stringify(payload)).toString('base64url');
  return {
    key,
    keyPackage: async () => (await ask({ do: 'desk-key-package' })).key_package,
    join: (channel, welcome) => ask({ do: 'join', member: channel, welcome }),
    seal: async (channel, payload) => (await ask({ do: 'seal', member: channel, payload: octets(payload) })).body,
    open: async (channel, body) => {
      const opened = await ask({ do: 'open', member: channel, body });
      return opened.type === 'message' ? JSON.parse(Buffer.from(opened.payload, 'base64url').toString()) : undefined;
    },
    safetyNumber: async (channel) => (await ask({ do: 'describe', member: channel })).safety,
    close: () => child.stdin.end(),
  };
}
