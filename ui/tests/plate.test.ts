// Plates are drawn as plates: the colour follows the kind, and every character has its place.

import { mount } from "@vue/test-utils";
import NumberPlate from "@xunge/shared/widgets/NumberPlate.vue";
import { colourOf, drawPlate } from "@xunge/shared/widgets/plate-drawing";
import { describe, expect, it } from "vitest";

describe("a plate's colour", () => {
  it.each([
    ["ordinary", "blue"],
    ["new_energy_small", "green"],
    ["new_energy_large", "green_yellow"],
    ["learner", "yellow"],
    ["trailer", "yellow"],
    ["police", "white"],
    ["embassy", "black"],
    ["free", "plain"],
  ] as const)("of %s is %s", (kind, colour) => expect(colourOf(kind, false)).toBe(colour));

  it("of seven characters on a truck is yellow, and a new-energy truck keeps its own", () => {
    expect(colourOf("ordinary", true)).toBe("yellow");
    expect(colourOf("new_energy_large", true)).toBe("green_yellow");
  });
});

describe("a plate's drawing", () => {
  it.each([
    ["苏A8K3R7", "ordinary", 440],
    ["苏AD12345", "new_energy_small", 480],
    ["电动车12345678901234567", "free", 1108],
  ] as const)("of %s keeps every character inside, from left to right", (text, kind, width) => {
    const drawing = drawPlate(text, kind);
    expect(drawing.width).toBe(width);
    expect(drawing.glyphs.map((glyph) => glyph.character).join("")).toBe(text);
    let edge = 0;
    for (const glyph of drawing.glyphs) {
      expect(glyph.width).toBeGreaterThan(0);
      expect(glyph.x).toBeGreaterThanOrEqual(edge);
      edge = glyph.x + glyph.width;
    }
    expect(edge).toBeLessThanOrEqual(width);
  });

  it("has a dot behind the second character, but for free text", () => {
    const { dot, glyphs } = drawPlate("苏A8K3R7", "ordinary");
    expect(dot).toBeGreaterThan((glyphs[1]?.x ?? 0) + (glyphs[1]?.width ?? 0));
    expect(dot).toBeLessThan(glyphs[2]?.x ?? 0);
    expect(drawPlate("无牌", "free").dot).toBeNull();
  });

  it("says the plate to a screen reader", () => {
    const plate = { text: "苏A8K3R7", display: "苏A·8K3R7", kind: "ordinary", hint: null } as const;
    const drawn = mount(NumberPlate, { props: { plate, height: 26 } });
    expect(drawn.attributes("aria-label")).toBe("苏A·8K3R7");
    expect(drawn.attributes("data-colour")).toBe("blue");
    expect(drawn.findAll("text")).toHaveLength(7);
  });
});
