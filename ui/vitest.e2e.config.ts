import { defineConfig } from "vitest/config";

// The window in a real browser, built as it ships except for the fake behind it.
export default defineConfig({
  test: {
    environment: "node",
    include: ["e2e/**/*.test.ts"],
    globalSetup: "e2e/serve.ts",
    testTimeout: 15_000,
    hookTimeout: 60_000,
    fileParallelism: false,
  },
});
