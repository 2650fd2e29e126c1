import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vite';
import { compressed } from './build/compressed.ts';
import { words } from './build/words.ts';

// The desk that `npm run dev` speaks to. It answers only its own page, so the proxy speaks in that page's name.
const DESK = 'http://127.0.0.1:7441';

export default defineConfig({
  plugins: [svelte({ compilerOptions: { runes: true } }), words(), compressed()],
  build: {
    target: 'es2023',
    // Inlined files would be `data:` addresses, which the Content-Security-Policy does not allow.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    sourcemap: false,
  },
  server: { proxy: { '/api': { target: DESK, changeOrigin: true, headers: { origin: DESK } } } },
});
