// Vite's configuration for the two outputs: the launcher (one plain script) and the chat (a page, a worker, wasm).
import { fileURLToPath } from 'node:url';
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { words } from './words.mjs';

export const root = fileURLToPath(new URL('..', import.meta.url));
const path = (name) => fileURLToPath(new URL(name, new URL('..', import.meta.url)));

/** Which module stands for the encryption. Only `sealed` is for people. */
export const variants = {
  sealed: { out: 'dist', alias: [] },
  // Sends unsealed, so that the canary test can be seen to fail.
  plaintext: { out: 'dist-plaintext', alias: [] },
  // No WebAssembly: the smoke test's stand-in hub plays the desk.
  standin: {
    out: 'dist-standin',
    alias: [
      { find: '#e2ee-wasm', replacement: `${path('tests/standin.wasm')}?url` },
      { find: '#e2ee', replacement: path('tests/standin-e2ee.ts') },
    ],
  },
};

// Everyone but the plaintext module itself gets it for the real one.
const plaintextInstead = {
  name: 'sotto-plaintext-instead',
  enforce: 'pre',
  resolveId: (id, importer) =>
    id === './encryption.ts' && !importer?.endsWith('/encryption-plaintext.ts') ? path('src/worker/encryption-plaintext.ts') : undefined,
};

function encryptionAlias(variant) {
  return [
    ...variants[variant].alias,
    { find: '#e2ee-wasm', replacement: `${path('../e2ee/pkg/e2ee_bg.wasm')}?url` },
    { find: '#e2ee', replacement: path('../e2ee/pkg/e2ee.js') },
  ];
}

const common = (variant, outDir) => ({
  root,
  configFile: false,
  logLevel: 'warn',
  base: './',
  build: { outDir, target: ['chrome111', 'firefox114', 'safari16.4'], assetsInlineLimit: 0, modulePreload: false, reportCompressedSize: false, emptyOutDir: false },
  resolve: { alias: encryptionAlias(variant) },
});

export function launcherConfig(variant, outDir) {
  const config = common(variant, outDir);
  return {
    ...config,
    plugins: [words()],
    build: {
      ...config.build,
      rolldownOptions: { input: path('src/launcher/launcher.ts'), output: { format: 'iife', entryFileNames: 'sotto.js' } },
    },
  };
}

/** A component's styles are told apart by its name, which is its own and packs better than a hash. */
const cssHash = ({ name }) => `in-${name}`;

export function chatConfig(variant, outDir) {
  const config = common(variant, outDir);
  const plugins = () => (variant === 'plaintext' ? [plaintextInstead, words()] : [words()]);
  return {
    ...config,
    plugins: [...plugins(), svelte({ configFile: false, compilerOptions: { runes: true, fragments: 'tree', discloseVersion: false, cssHash } })],
    worker: { format: 'es', plugins, rolldownOptions: { output: { entryFileNames: 'assets/worker-[hash].js' } } },
    build: { ...config.build, rolldownOptions: { input: path('chat.html') } },
  };
}
