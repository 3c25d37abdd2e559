// Reads the interface's own sources, for the tests that hold two of its files against each other.

import { readdirSync, readFileSync, statSync } from "node:fs";
import { join, relative } from "node:path";

/** The folder of the workspace: vitest runs there. */
const root = process.cwd();

export function readSource(path: string): string {
  return readFileSync(join(root, path), "utf8");
}

/** Every source file, relative to the workspace, without what is built or fetched. */
export function sourceFiles(): string[] {
  const found: string[] = [];
  const folders = ["shared", "officer", "flows"].map((name) => join(root, name));
  for (let folder = folders.pop(); folder; folder = folders.pop()) {
    for (const name of readdirSync(folder)) {
      const path = join(folder, name);
      if (name === "node_modules" || name === "dist") continue;
      if (statSync(path).isDirectory()) folders.push(path);
      else if (/\.(ts|vue)$/.test(name)) found.push(relative(root, path));
    }
  }
  return found.sort();
}

export type Words = { [key: string]: string | Words };

export function readWords(language: "zh" | "en"): Words {
  return JSON.parse(readSource(`officer/src/words/${language}.json`)) as Words;
}

/** `a.b.c` → sentence, for every sentence. */
export function flatten(words: Words, before = ""): Map<string, string> {
  const all = new Map<string, string>();
  for (const [key, value] of Object.entries(words)) {
    if (typeof value === "string") all.set(before + key, value);
    else for (const [inner, text] of flatten(value, `${before}${key}.`)) all.set(inner, text);
  }
  return all;
}
