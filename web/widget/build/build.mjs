// Builds the widget: `node build/build.mjs [--variant NAME] [--out FOLDER]`.
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { build } from 'vite';
import { chatConfig, launcherConfig, root, variants } from './config.mjs';
import { compress, files } from './compress.mjs';
import { check, parts, table } from './budget.mjs';
import { caching, everywhere } from './headers.mjs';

// A caller's NODE_ENV would bring Svelte's developer checks into the output.
process.env.NODE_ENV = 'production';
const { values } = parseArgs({ options: { variant: { type: 'string' }, out: { type: 'string' } } });
const plaintext = process.env.SOTTO_TEST_PLAINTEXT === '1';
const variant = values.variant ?? (plaintext ? 'plaintext' : 'sealed');
if (!(variant in variants)) fail(`--variant is one of ${Object.keys(variants).join(', ')}`);
const out = values.out ?? variants[variant].out;
const named = out.split('/').at(-1);
if (named !== variants[variant].out) fail(`the variant "${variant}" goes to ${variants[variant].out} and nowhere else, not to ${named}`);
if ((variant === 'plaintext') !== plaintext) fail('an unsealed build needs SOTTO_TEST_PLAINTEXT=1, and with it there is no other');
if (variant !== 'standin' && !existsSync(join(root, '../e2ee/pkg/e2ee_bg.wasm'))) {
  fail('web/e2ee/pkg is missing: run `cargo xtask wasm` first');
}

const outDir = join(root, out);
rmSync(outDir, { recursive: true, force: true });
await build(launcherConfig(variant, outDir));
await build(chatConfig(variant, outDir));
// The words of src/worker/encryption-plaintext.ts: never where people get it, and surely where the test needs it.
const unsealed = files(outDir).some((path) => readFileSync(join(outDir, path)).includes('sotto-widget-sends-unsealed'));
if (unsealed !== plaintext) fail(unsealed ? 'this build sends unsealed' : 'this build does not send unsealed');
compress(outDir);
writeFileSync(join(outDir, 'headers.json'), `${JSON.stringify({ everywhere, caching }, null, 2)}\n`);

const measured = parts(outDir);
console.log(table(measured));
const over = check(measured);
if (over.length) fail(over.join('\n'));

function fail(what) {
  console.error(`widget: ${what}`);
  process.exit(1);
}
