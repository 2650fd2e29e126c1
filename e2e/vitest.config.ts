import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    // One program, one browser at a time: two cores.
    fileParallelism: false,
    testTimeout: 240_000,
    hookTimeout: 120_000,
  },
});
