// The two languages say the same things, and every error of the host has its sentence in both.

import { describe, expect, it } from "vitest";
import { flatten, readSource, readWords, sourceFiles } from "./sources";

const zh = flatten(readWords("zh"));
const en = flatten(readWords("en"));

function unionOf(name: string): string[] {
  const source = readSource(`shared/bindings/${name}.ts`);
  const union = new RegExp(`export type ${name} = ([^;]+);`).exec(source)?.[1] ?? "";
  return [...union.matchAll(/"([a-z_]+)"/g)].map((match) => match[1] ?? "");
}

function slots(text: string): string[] {
  return [...new Set([...text.matchAll(/\{(\w+)\}/g)].map((match) => match[1] ?? ""))].sort();
}

describe("the words", () => {
  it("have the same keys in both languages", () => {
    expect([...en.keys()].sort()).toEqual([...zh.keys()].sort());
  });

  it("are never empty", () => {
    for (const [key, text] of [...zh, ...en]) expect(text.trim(), key).not.toBe("");
  });

  it("have the same slots in both languages", () => {
    for (const [key, text] of zh) expect(slots(en.get(key) ?? ""), key).toEqual(slots(text));
  });

  it("use full-width punctuation between Han characters", () => {
    for (const [key, text] of zh) expect(text, key).not.toMatch(/\p{Script=Han}[,;:?!()]|[,;:?!()]\p{Script=Han}/u);
  });

  it("put a space between a figure's slot and Han characters after it", () => {
    for (const [key, text] of zh) {
      if (key.endsWith("wait") || key === "sync.next") continue;
      expect(text, key).not.toMatch(/\{n\}\p{Script=Han}/u);
    }
  });

  it("hold no emoji", () => {
    for (const [key, text] of [...zh, ...en]) expect(text, key).not.toMatch(/\p{Extended_Pictographic}/u);
  });

  it("have every key that a screen asks for", () => {
    for (const file of sourceFiles().filter((path) => path.startsWith("officer/"))) {
      for (const [, key] of readSource(file).matchAll(/\bt\("([a-z_.]+)"/g)) expect(zh.has(key ?? ""), `${file}: ${key}`).toBe(true);
    }
  });
});

describe("every error code", () => {
  const codes = unionOf("ErrorCode");

  it("is found in the generated type", () => {
    expect(codes.length).toBeGreaterThan(30);
    expect(codes).toContain("journal_forked");
  });

  it.each(codes)("%s has a sentence in both languages", (code) => {
    expect(zh.get(`error.${code}`)).toMatch(/。$/);
    expect(en.get(`error.${code}`)).toMatch(/\.$/);
  });

  it("and no sentence is left over from a code that is gone", () => {
    const said = [...zh.keys()].filter((key) => key.startsWith("error.")).map((key) => key.slice("error.".length));
    expect(said.sort()).toEqual([...codes].sort());
  });
});

describe("every state of the host that is shown", () => {
  it.each([
    ["PlateKind", "plate_kind"],
    ["PlateHint", "plate_hint"],
    ["Provider", "capture.provider"],
    ["CaseStanding", "plate.state"],
    ["SyncPhase", "sync.phase"],
    ["SetAsideReason", "sync.set_aside"],
    ["CaseStanding", "records.standing"],
    ["CaseLies", "records.lies"],
    ["Step", "case.step"],
    ["VoidCause", "case.cause"],
    ["EventKind", "case.did"],
    ["EventEffect", "case.effect"],
    ["ChangedField", "case.field"],
    ["PhotoRole", "case.role"],
    ["PhotoSource", "case.source"],
  ])("%s has its words under %s", (type, key) => {
    const states = unionOf(type);
    expect(states.length).toBeGreaterThan(1);
    for (const state of states) {
      expect(zh.has(`${key}.${state}`), state).toBe(true);
      expect(en.has(`${key}.${state}`), state).toBe(true);
    }
  });
});
