// The flows: the built interface in Chromium, against real phones and real stations. `cargo xtask test browser` builds
// what they need and calls `npm run flows`. Each file is a process of its own; nothing is tried twice.

import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    root: fileURLToPath(new URL(".", import.meta.url)),
    include: ["**/*.flow.ts"],
    environment: "node",
    pool: "forks",
    maxWorkers: 2,
    retry: 0,
    testTimeout: 120_000,
    hookTimeout: 60_000,
  },
});
