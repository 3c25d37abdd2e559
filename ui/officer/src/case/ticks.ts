// What can be said of a case's proof, as words with values. Red only for what is wrong; what is merely not known is quiet.

import type { CaseView } from "@xunge/shared/bindings/CaseView";
import type { PhotoState } from "@xunge/shared/bindings/PhotoState";
import type { IconName } from "@xunge/shared/widgets/icon-names";
import { wholeMetres } from "@xunge/shared/words/size";

export interface Tick {
  id: "hash" | "clock" | "place" | "cleared";
  icon: IconName;
  tone: "" | "bad" | "quiet-tick";
  word: string;
  values: Record<string, string | number>;
  under?: string;
}

export function ticksOf(view: CaseView, checks: ReadonlyMap<string, PhotoState>): Tick[] {
  const cleared = view.photos.filter((photo) => photo.cleared).length;
  const ticks = [hashTick(view, checks), clockTick(view), placeTick(view)];
  if (cleared > 0) ticks.push({ id: "cleared", icon: "station", tone: "quiet-tick", word: "cleared", values: { n: cleared } });
  return ticks;
}

function hashTick(view: CaseView, checks: ReadonlyMap<string, PhotoState>): Tick {
  const here = view.photos.filter((photo) => !photo.cleared);
  const of = (state: PhotoState): number => here.filter((photo) => checks.get(photo.sha256) === state).length;
  const [n, wrong] = [here.length, of("damaged") + of("missing")];
  if (wrong > 0) return { id: "hash", icon: "warning", tone: "bad", word: "hash_wrong", values: { wrong, n } };
  const same = of("same");
  if (same < n) return { id: "hash", icon: "shield", tone: "quiet-tick", word: "hash_doing", values: { same, n } };
  return { id: "hash", icon: "shield", tone: "", word: "hash_same", values: { same, n } };
}

/** Tenths of a second below ten, whole seconds above. */
function seconds(ms: number): string {
  const absolute = Math.abs(ms) / 1000;
  return absolute < 10 ? absolute.toFixed(1) : String(Math.round(absolute));
}

function clockTick({ clock }: CaseView): Tick {
  const base = { id: "clock", icon: "clock", values: {} } as const;
  if (clock.offset_ms === null || clock.proof === "unknown") return { ...base, tone: "quiet-tick", word: "clock_unknown" };
  const values = { s: seconds(clock.offset_ms) };
  if (clock.proof === "right") return { ...base, tone: "", word: "clock_right", values };
  return { ...base, tone: "quiet-tick", word: clock.proof === "off" ? "clock_differs" : "clock_unproven", values };
}

function placeTick({ row }: CaseView): Tick {
  const base = { id: "place", icon: "pin" } as const;
  if (!row.place) return { ...base, tone: "quiet-tick", word: "place_none", values: {} };
  const under = `capture.provider.${row.place.provider}`;
  if (row.place.accuracy_mm === null) return { ...base, tone: "quiet-tick", word: "place_vague", values: {}, under };
  return { ...base, tone: "", word: "place_within", values: { n: wholeMetres(row.place.accuracy_mm) }, under };
}
