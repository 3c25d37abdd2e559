// Hours, kilometres and gaps of a shift, as people say them.

import type { Language } from "@xunge/shared/words/language";

const MINUTE_MS = 60_000;

/** 4 小时 8 分, 12 分钟. */
export function sayDuration(ms: number, language: Language): string {
  const all = Math.max(0, Math.floor(ms / MINUTE_MS));
  const [hours, minutes] = [Math.floor(all / 60), all % 60];
  if (language === "en") return hours === 0 ? `${minutes} min` : `${hours} h ${minutes} min`;
  if (hours === 0) return `${minutes} 分钟`;
  return minutes === 0 ? `${hours} 小时` : `${hours} 小时 ${minutes} 分`;
}

/** Metres as kilometres with one decimal. */
export function sayKilometres(metres: number): string {
  return (metres / 1000).toFixed(1);
}
