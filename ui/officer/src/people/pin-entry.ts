// Six digits, typed one by one. Kept in the page's memory alone, and no longer than until they are complete.

export const PIN_DIGITS = 6;

/** The digits after a key: a digit, or `back`. */
export function afterKey(typed: string, key: string): string {
  if (key === "back") return typed.slice(0, -1);
  return /^[0-9]$/.test(key) && typed.length < PIN_DIGITS ? typed + key : typed;
}

/** The pad's key for a key of a keyboard; null for one that means nothing here. */
export function padKey(key: string): string | null {
  if (key === "Backspace") return "back";
  return /^[0-9]$/.test(key) ? key : null;
}

/** The seconds that a wait is shown as: never 0 while it lasts. */
export function secondsLeft(untilMs: number, nowMs: number): number {
  return Math.max(0, Math.ceil((untilMs - nowMs) / 1000));
}
