// The day of a row as people say it: 今天 11 月 23 日 周一.

import { sayTime } from "@xunge/shared/words/time";
import type { Language } from "@xunge/shared/words/language";

const WEEK = {
  zh: ["周日", "周一", "周二", "周三", "周四", "周五", "周六"],
  en: ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"],
} as const;
const DAY = 24 * 60 * 60_000;

export function sayDay(ms: number, now: number, language: Language, offset: number): string {
  const then = new Date(ms + offset * 60_000);
  const ago = Math.floor((now + offset * 60_000) / DAY) - Math.floor(then.getTime() / DAY);
  const week = WEEK[language][then.getUTCDay()] ?? "";
  // Today and yesterday are said with their date too: as seen from another day of the same year.
  const apart = then.getUTCMonth() < 6 ? 3 * DAY : -3 * DAY;
  const seen = ago === 0 || ago === 1 ? ms + apart : now;
  const full = sayTime(ms, seen, language, offset).replace(/ \d\d:\d\d$/, "");
  const near = ago === 0 ? { zh: "今天 ", en: "Today " } : ago === 1 ? { zh: "昨天 ", en: "Yesterday " } : { zh: "", en: "" };
  return `${near[language]}${full} ${week}`;
}
