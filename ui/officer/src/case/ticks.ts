// What can be said of a case's proof, as words with values. Red only for what is wrong; what is merely not known is quiet.

import type { CaseView } from "@xunge/shared/bindings/CaseView";
import type { PhotoState } from "@xunge/shared/bindings/PhotoState";
import type { IconName } from "@xunge/shared/widgets/icon-names";
import type { Language } from "@xunge/shared/words/language";
import { wholeMetres } from "@xunge/shared/words/size";
import { sayPassed } from "@xunge/shared/words/time";

export interface Tick {
  id: "hash" | "interval" | "interval-clock" | "clock" | "place" | "cleared";
  icon: IconName;
  tone: "" | "bad" | "quiet-tick";
  word: string;
  values: Record<string, string | number>;
  under?: string;
}

export function ticksOf(view: CaseView, checks: ReadonlyMap<string, PhotoState>, language: Language): Tick[] {
  const cleared = view.photos.filter((photo) => photo.cleared).length;
  const ticks = [hashTick(view, checks), ...intervalTicks(view, language), clockTick(view), placeTick(view)];
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

/** Two photos of a vehicle that stood there: by the clock that nobody can set, or not proven. */
function intervalTicks({ interval }: CaseView, language: Language): Tick[] {
  if (interval === null) return [];
  const { boot_ms, wall_changed_ms, rule_s } = interval;
  const base = { id: "interval", icon: "timer" } as const;
  if (boot_ms === null) return [{ ...base, tone: "bad", word: "interval_reboot", values: {} }];
  const values = { passed: sayPassed(boot_ms, language), rule: sayPassed(rule_s * 1000, language) };
  const isEnough = boot_ms >= rule_s * 1000;
  const ticks: Tick[] = [{ ...base, tone: isEnough ? "" : "bad", word: rule_s === 0 ? "interval_passed" : isEnough ? "interval_enough" : "interval_short", values }];
  if (wall_changed_ms !== 0) ticks.push({ id: "interval-clock", icon: "warning", tone: "quiet-tick", word: "interval_clock", values: { s: seconds(wall_changed_ms) } });
  return ticks;
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
  if (row.place.provider === "manual") return { ...base, tone: "", word: "place_manual", values: {} };
  const under = `capture.provider.${row.place.provider}`;
  if (row.place.accuracy_mm === null) return { ...base, tone: "quiet-tick", word: "place_vague", values: {}, under };
  return { ...base, tone: "", word: "place_within", values: { n: wholeMetres(row.place.accuracy_mm) }, under };
}
