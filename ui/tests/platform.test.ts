// Which host the interface chooses, and where it then shows small pictures from.

import { choosePlatform } from "@xunge/shared/platform/choose";
import { describe, expect, it } from "vitest";

describe("the host", () => {
  it("is HTTP in a browser", () => {
    expect(choosePlatform({}).thumbUrl("ab12")).toBe("/photo/ab12");
  });

  it("is Tauri where Tauri announces itself", () => {
    const scope = globalThis as unknown as Record<string, unknown>;
    scope["__TAURI_INTERNALS__"] = { convertFileSrc: (path: string, scheme: string) => `${scheme}://localhost/${path}` };
    expect(choosePlatform(globalThis).thumbUrl("ab12")).toBe("photo://localhost/ab12");
    delete scope["__TAURI_INTERNALS__"];
  });
});
