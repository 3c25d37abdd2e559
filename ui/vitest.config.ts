// The tests of what can fail without a host. Screens are tested for real, in a browser against the development server.

import vue from "@vitejs/plugin-vue";
import { defineConfig } from "vitest/config";

export default defineConfig({
  plugins: [vue()],
  test: {
    include: ["tests/**/*.test.ts"],
    environment: "happy-dom",
  },
});
