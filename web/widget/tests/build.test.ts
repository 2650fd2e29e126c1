import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('..', import.meta.url));
const run = (args: string[], environment: Record<string, string> = {}): { status: number | null; said: string } => {
  const { status, stderr } = spawnSync('node', ['build/build.mjs', ...args], { cwd: root, env: { ...process.env, ...environment }, encoding: 'utf8' });
  return { status, said: stderr };
};

describe('an unsealed build', () => {
  it('goes to dist-plaintext and nowhere else, and only when it is asked for by name', { timeout: 60_000 }, () => {
    expect(run(['--out', 'dist'], { SOTTO_TEST_PLAINTEXT: '1' })).toMatchObject({ status: 1, said: expect.stringContaining('dist-plaintext and nowhere else') as string });
    expect(run(['--variant', 'plaintext'])).toMatchObject({ status: 1, said: expect.stringContaining('SOTTO_TEST_PLAINTEXT=1') as string });
    expect(run(['--out', 'dist-plaintext'])).toMatchObject({ status: 1 });
    expect(run(['--variant', 'sealed'], { SOTTO_TEST_PLAINTEXT: '1' })).toMatchObject({ status: 1 });
  });
});

// What people get, when the encryption has been built (`cargo xtask wasm`); otherwise the same without it.
const sealed = existsSync(`${root}/../e2ee/pkg/e2ee_bg.wasm`);

describe('the build', () => {
  const out = `${root}/${sealed ? 'dist' : 'dist-standin'}`;
  const texts = (): string[] => readdirSync(out, { recursive: true }).map(String).filter((path) => /\.(js|html|css)$/.test(path)).map((path) => readFileSync(`${out}/${path}`, 'utf8'));

  beforeAll(() => {
    execFileSync('node', ['build/build.mjs', '--variant', sealed ? 'sealed' : 'standin'], { cwd: root });
  }, 120_000);

  it('has nothing of the unsealed one, and no source map', () => {
    expect(texts().some((text) => /unsealed|canary|sourceMappingURL/.test(text))).toBe(false);
  });

  it('turns no text into markup or code', () => {
    // Svelte names `innerHTML` once, to leave it out of what it sets; nothing may assign it.
    for (const text of texts()) expect(text).not.toMatch(/\.(inner|outer)HTML\s*=[^=]|insertAdjacentHTML|document\.write|\beval\(|new Function\(|\.srcdoc/);
  });

  it('has no inline script and no inline style', () => {
    const page = readFileSync(`${out}/chat.html`, 'utf8');
    expect(page).not.toMatch(/<script(?![^>]*\bsrc=)|<style|\sstyle=|\son\w+=/);
  });

  it('lays a compressed file beside each, and gives the headers', () => {
    const files = readdirSync(out, { recursive: true }).map(String).filter((path) => /\.(js|html|css|wasm)$/.test(path));
    for (const path of files) expect(existsSync(`${out}/${path}.br`), path).toBe(true);
    const headers = JSON.parse(readFileSync(`${out}/headers.json`, 'utf8')) as { everywhere: Record<string, string> };
    expect(headers.everywhere['content-security-policy']).toMatch(/require-trusted-types-for 'script'/);
    expect(headers.everywhere['content-security-policy']).not.toMatch(/unsafe-inline|'unsafe-eval'/);
  });
});
