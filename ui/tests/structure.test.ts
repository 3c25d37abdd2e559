// The shape of the sources: who may import whom, how large a component may be, and that every file says what it is.

import { iconNames } from "@xunge/shared/widgets/icon-names";
import { describe, expect, it } from "vitest";
import { readSource, sourceFiles } from "./sources";

const files = sourceFiles();
const written = files.filter((file) => !file.startsWith("shared/bindings/"));

describe("the tiers", () => {
  it("only shared/platform imports Tauri", () => {
    const users = files.filter((file) => /@tauri-apps\//.test(readSource(file)));
    expect(users.length).toBeGreaterThan(0);
    expect(users.filter((file) => !file.startsWith("shared/platform/"))).toEqual([]);
  });

  it("shared knows nothing of the screens", () => {
    const users = files.filter((file) => file.startsWith("shared/") && /from "(@xunge\/officer|[./]+officer\/)/.test(readSource(file)));
    expect(users).toEqual([]);
  });

  it("no screen goes to the network by itself", () => {
    const screens = files.filter((file) => !/^(shared\/platform|flows)\//.test(file));
    const users = screens.filter((file) => /\bfetch\(|XMLHttpRequest|WebSocket/.test(readSource(file)));
    expect(users).toEqual([]);
  });

  it("types are imported from their own file, not from an index", () => {
    expect(files.filter((file) => /bindings(\/index)?"/.test(readSource(file)))).toEqual([]);
  });
});

describe("every file", () => {
  it.each(written)("%s opens with what it is", (file) => {
    expect(readSource(file).trimStart()).toMatch(/^(\/\/|\/\*|<!--)/);
  });

  it.each(written)("%s is under 450 lines", (file) => {
    expect(readSource(file).split("\n").length).toBeLessThan(450);
  });
});

describe("the icons", () => {
  it("are the ones that are named", () => {
    const drawn = [...readSource("shared/widgets/icons.svg").matchAll(/<symbol id="i-([\w-]+)"/g)].map((match) => match[1]);
    expect(drawn.sort()).toEqual([...iconNames].sort());
  });

  it("carry no style, which the page's policy forbids", () => {
    expect(readSource("shared/widgets/icons.svg")).not.toMatch(/<style|style=|<script/);
  });
});
