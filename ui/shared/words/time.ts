// Times as people say them: 14:02, 昨天 17:40, 11 月 9 日 08:05. Not Intl: its wording differs between the webviews
// that we run in, and a record's time must be shown in the offset that the phone had then, not in today's.

import type { Language } from "./language";

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/** Minutes east of UTC that this device shows at a moment. */
export function offsetHere(ms: number): number {
  return -new Date(ms).getTimezoneOffset();
}

/** A moment in the given offset, as near to `now` as allows to leave parts out. */
export function sayTime(ms: number, now: number, language: Language, offset = offsetHere(ms)): string {
  const then = new Date(ms + offset * MINUTE);
  const today = new Date(now + offset * MINUTE);
  const clock = `${two(then.getUTCHours())}:${two(then.getUTCMinutes())}`;
  const days = Math.floor(today.getTime() / DAY) - Math.floor(then.getTime() / DAY);
  if (days === 0) return clock;
  if (days === 1) return language === "zh" ? `昨天 ${clock}` : `yesterday ${clock}`;
  const [year, month, day] = [then.getUTCFullYear(), then.getUTCMonth(), then.getUTCDate()];
  const thisYear = year === today.getUTCFullYear();
  if (language === "zh") return `${thisYear ? "" : `${year} 年 `}${month + 1} 月 ${day} 日 ${clock}`;
  return `${day} ${MONTHS[month] ?? ""}${thisYear ? "" : ` ${year}`} ${clock}`;
}

/** The clock part of EXIF's local time `2026-06-18T09:12:08`; null when it is none. */
export function sayTaken(taken: string): string | null {
  return /T(\d{2}:\d{2})/.exec(taken)?.[1] ?? null;
}

/** A wait: 40 秒, 3 分钟. Rounded up, so that it never says 0. */
export function sayWait(ms: number, language: Language): string {
  const seconds = Math.max(1, Math.ceil(ms / 1000));
  if (seconds < 90) return language === "zh" ? `${seconds} 秒` : `${seconds} s`;
  const minutes = Math.ceil(seconds / 60);
  return language === "zh" ? `${minutes} 分钟` : `${minutes} min`;
}

/** What has passed, in whole seconds, never more than it was: 45 秒, 6 分 12 秒. */
export function sayPassed(ms: number, language: Language): string {
  const whole = Math.floor(ms / 1000);
  const [minutes, seconds] = [Math.floor(whole / 60), whole % 60];
  const words = language === "zh" ? ([" 分", " 秒"] as const) : ([" min", " s"] as const);
  const said = [minutes > 0 ? `${minutes}${words[0]}` : "", seconds > 0 || minutes === 0 ? `${seconds}${words[1]}` : ""];
  return said.filter(Boolean).join(" ");
}

function two(value: number): string {
  return String(value).padStart(2, "0");
}
