// The rules that a machine can hold: TypeScript and Vue in their strict sets, and the tiers shared ← officer.

import vue from "eslint-plugin-vue";
import ts from "typescript-eslint";

const noTauri = { group: ["@tauri-apps/*"], message: "Only shared/platform speaks to Tauri." };
const noOfficer = { group: ["@xunge/officer", "@xunge/officer/*", "**/officer/*"], message: "shared knows nothing of the screens." };
const noIndex = { regex: "bindings(/index)?$", message: "Import a type from its own file." };

export default ts.config(
  { ignores: ["**/dist/**", "**/node_modules/**", "shared/bindings/**"] },
  ...ts.configs.strict,
  ...ts.configs.stylistic,
  ...vue.configs["flat/essential"],
  { files: ["**/*.vue"], languageOptions: { parserOptions: { parser: ts.parser } } },
  {
    rules: {
      "@typescript-eslint/consistent-type-imports": "error",
      "@typescript-eslint/consistent-type-definitions": "off",
      "no-console": "error",
      "no-eval": "error",
      "no-restricted-imports": ["error", { patterns: [noTauri, noIndex] }],
      "vue/no-v-html": "error",
      "vue/block-lang": ["error", { script: { lang: "ts" } }],
    },
  },
  { files: ["shared/**"], rules: { "no-restricted-imports": ["error", { patterns: [noTauri, noOfficer, noIndex] }] } },
  { files: ["shared/platform/**"], rules: { "no-restricted-imports": ["error", { patterns: [noOfficer, noIndex] }] } },
  { files: ["officer/src/App.vue"], rules: { "vue/multi-word-component-names": "off" } },
);
