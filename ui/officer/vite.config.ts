// The build of the officer's interface. Relative asset paths, so that one build serves tauri://localhost and http.
// Messages are compiled while building: the page's policy forbids making code at run time.

import { fileURLToPath } from "node:url";
import messages from "@intlify/unplugin-vue-i18n/vite";
import vue from "@vitejs/plugin-vue";
import { defineConfig } from "vite";

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

const START = /node_modules\/(@vue|vue|pinia|vue-router|vue-i18n|@intlify)\/|\/shared\/(platform|widgets|words)\/|\/officer\/src\/(frame|stores|today|kinds)\/|\/officer\/src\/(App|main|words\/words|people\/lock|settings\/preference|shift\/track)\.(vue|ts)/;

export default defineConfig({
  root: here("."),
  base: "./",
  plugins: [
    vue(),
    messages({
      include: [here("./src/words/*.json")],
      runtimeOnly: true,
      compositionOnly: true,
      dropMessageCompiler: true,
      strictMessage: true,
    }),
  ],
  build: {
    outDir: here("./dist"),
    emptyOutDir: true,
    target: ["chrome100", "safari15"],
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    // What every start needs comes as one file: twenty small ones cost the webview more than they save later.
    rolldownOptions: { output: { codeSplitting: { groups: [{ name: "start", test: START }] } } },
  },
});
