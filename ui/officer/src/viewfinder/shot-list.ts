// Which photos a kind asks for, which are there, and which comes next. Data decides: the shot list is the catalogue's.

/** One place of a kind's shot list, as the pack has it. */
export interface ShotRule {
  slot: string;
  min: number;
  /** What the photo is for; photos of one role are of the same view. */
  role: string;
}

/** What of a photo matters here. */
export interface Taken {
  sha256: string;
  slot?: string | null;
}

export interface ShotCell<R extends ShotRule = ShotRule> {
  rule: R;
  have: number;
  isDone: boolean;
}

/** The cells in their order. A photo without a place counts for none. */
export function cellsOf<R extends ShotRule>(rules: readonly R[], photos: readonly Taken[]): ShotCell<R>[] {
  return rules.map((rule) => {
    const have = photos.filter((photo) => photo.slot === rule.slot).length;
    return { rule, have, isDone: have >= rule.min };
  });
}

/** The place that the next photo is for: the chosen one, else the first that lacks a photo; null when none does. */
export function nextSlot(rules: readonly ShotRule[], photos: readonly Taken[], chosen: string | null): string | null {
  if (chosen !== null && rules.some((rule) => rule.slot === chosen)) return chosen;
  const open = cellsOf(rules, photos).find((cell) => cell.rule.min > 0 && !cell.isDone);
  return open?.rule.slot ?? null;
}

/** The photo to line the next one up with: the first of an earlier place with the same view. */
export function ghostOf(rules: readonly ShotRule[], photos: readonly Taken[], slot: string | null): string | null {
  const at = rules.findIndex((rule) => rule.slot === slot);
  const role = rules[at]?.role;
  const earlier = rules.slice(0, Math.max(at, 0)).filter((rule) => rule.role === role && rule.slot !== slot);
  const photo = photos.find(({ slot: of }) => earlier.some((rule) => rule.slot === of));
  return photo?.sha256 ?? null;
}
