// How a number plate is drawn: colours by kind, and where each character stands. Proportions after GA 36: 440 × 140 mm
// with seven characters, 480 × 140 mm with eight. Apart from the component so that it can be tested without a page.

import type { PlateKind } from "../bindings/PlateKind";

/** What the ground of a plate looks like. Yellow large vehicles cannot be told by their text: see `colourOf`. */
export type PlateColour = "blue" | "green" | "green_yellow" | "yellow" | "white" | "black" | "plain";

export interface PlateGlyph {
  character: string;
  /** Left edge, mm. */
  x: number;
  /** Width, mm. */
  width: number;
  /** Han characters are drawn lower. */
  han: boolean;
  /** Drawn in red: 警, 使, 领, 应急. */
  red: boolean;
}

export interface PlateDrawing {
  width: number;
  colour: PlateColour;
  glyphs: PlateGlyph[];
  /** Middle of the separating dot, mm; null where a plate has none. */
  dot: number | null;
}

const COLOURS: Record<PlateKind, PlateColour> = {
  ordinary: "blue",
  new_energy_small: "green",
  new_energy_large: "green_yellow",
  learner: "yellow",
  police: "white",
  trailer: "yellow",
  hk_macau: "black",
  consulate: "black",
  embassy: "black",
  armed_police: "white",
  military: "white",
  emergency: "white",
  temporary_entry: "white",
  free: "plain",
};

/**
 * The ground's colour. A seven-character plate is blue on a car and yellow on a large vehicle; only the matter tells
 * which, so a matter that concerns trucks asks for yellow.
 */
export function colourOf(kind: PlateKind, largeVehicle: boolean): PlateColour {
  return kind === "ordinary" && largeVehicle ? "yellow" : COLOURS[kind];
}

/** Free text may be longer than any plate: then the plate grows, so that its characters stay readable. */
function widthFor(characters: number): number {
  if (characters < 8) return 440;
  return characters === 8 ? 480 : 28 + 54 * characters;
}

export function drawPlate(text: string, kind: PlateKind, largeVehicle = false): PlateDrawing {
  const characters = [...text];
  const width = widthFor(characters.length);
  const hasDot = kind !== "free" && kind !== "embassy" && characters.length > 2;
  const margin = 14;
  const gap = hasDot ? 28 : 0;
  const pitch = (width - 2 * margin - gap) / Math.max(characters.length, 7);
  const used = pitch * characters.length + gap;
  const start = (width - used) / 2;
  const glyphs = characters.map((character, place): PlateGlyph => {
    const han = /\p{Script=Han}/u.test(character);
    const space = han ? 3 : character === "1" ? 14 : 5;
    return {
      character,
      x: start + pitch * place + (hasDot && place >= 2 ? gap : 0) + space,
      width: pitch - 2 * space,
      han,
      red: "警应急".includes(character),
    };
  });
  return { width, colour: colourOf(kind, largeVehicle), glyphs, dot: hasDot ? start + pitch * 2 + gap / 2 : null };
}
