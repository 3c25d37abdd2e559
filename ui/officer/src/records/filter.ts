// What the officer looks for: words, where a case stands, where its parts lie, its class, a stretch of days.

import type { CaseLies } from "@xunge/shared/bindings/CaseLies";
import type { CaseStanding } from "@xunge/shared/bindings/CaseStanding";
import type { CaseFilter } from "@xunge/shared/platform/commands/case";

export const periods = ["today", "week", "month"] as const;
export type Period = (typeof periods)[number];

export const standings: readonly CaseStanding[] = ["recorded", "handled", "voided"];

export interface Wish {
  words: string;
  lies: CaseLies | null;
  state: CaseStanding | null;
  matterClass: string | null;
  period: Period | null;
}

export const anything: Wish = { words: "", lies: null, state: null, matterClass: null, period: null };

/** Whether anything but the words and the place is wished for: what the filter's button shows. */
export function isNarrowed(wish: Wish): boolean {
  return wish.state !== null || wish.matterClass !== null || wish.period !== null;
}

export function isAnything(wish: Wish): boolean {
  return wish.words.trim() === "" && wish.lies === null && !isNarrowed(wish);
}

/** Midnight of this device, so many days before the day of `now`. */
function midnight(now: number, days: number): number {
  const day = new Date(now);
  return new Date(day.getFullYear(), day.getMonth(), day.getDate() - days).getTime();
}

export function fromOf(period: Period | null, now: number): number | null {
  if (period === null) return null;
  if (period === "today") return midnight(now, 0);
  if (period === "week") return midnight(now, 6);
  const day = new Date(now);
  return new Date(day.getFullYear(), day.getMonth(), 1).getTime();
}

export function toFilter(wish: Wish, now: number): CaseFilter {
  return {
    words: wish.words.trim(),
    state: wish.state,
    lies: wish.lies,
    matter_class: wish.matterClass,
    from_ms: fromOf(wish.period, now),
    to_ms: null,
  };
}
