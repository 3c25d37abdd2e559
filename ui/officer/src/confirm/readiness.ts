// What a draft still needs before it can be saved, and what it may go without. A kind and a photo are needed; plate and
// place are only mentioned.

/** A note's longest form, in characters; the host holds the same limit. */
export const MAX_NOTE = 2000;

export type Needed = "missing_photo" | "missing_kind";
export type Optional = "may_plate" | "may_place";

export interface Readiness {
  needed: Needed[];
  without: Optional[];
}

export function readinessOf(draft: {
  photos: number;
  matter: string | null;
  wantsPlate: boolean;
  plate: string;
  hasPlace: boolean;
}): Readiness {
  const needed: Needed[] = [];
  if (draft.photos === 0) needed.push("missing_photo");
  if (draft.matter === null) needed.push("missing_kind");
  const without: Optional[] = [];
  if (draft.wantsPlate && draft.plate.trim() === "") without.push("may_plate");
  if (!draft.hasPlace) without.push("may_place");
  return { needed, without };
}
