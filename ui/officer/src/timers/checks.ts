// What a second photo proves, as a list of sentences: each is proven, open, or against.

import type { TimerChecks } from "@xunge/shared/bindings/TimerChecks";

export interface Check {
  /** Key of the sentence under `timer.`. */
  say: string;
  stands: "proven" | "open" | "against";
  /** The figure in the sentence. */
  n: number;
}

/** `hasSecond`: whether the second photo was taken; before that plate and spot are open. */
export function checksOf(checks: TimerChecks, interval_s: number, hasSecond: boolean): Check[] {
  const { interval, clock, moved_s, plate, spot, spot_m } = checks;
  const found: Check[] = [];
  if (interval === "proven") found.push({ say: "interval_proven", stands: "proven", n: interval_s });
  else if (interval === "short") found.push({ say: hasSecond ? "interval_short" : "interval_runs", stands: hasSecond ? "against" : "open", n: interval_s });
  else found.push({ say: interval === "unproven_reboot" ? "interval_reboot" : "interval_import", stands: "against", n: 0 });
  found.push(clock === "changed" ? { say: "clock_changed", stands: "against", n: Math.abs(moved_s) } : { say: "clock_unchanged", stands: "proven", n: 0 });
  if (!hasSecond) return [...found, { say: "spot_waits", stands: "open", n: 0 }];
  found.push(plate === "same" ? { say: "plate_same", stands: "proven", n: 0 } : { say: plate === "differs" ? "plate_differs" : "plate_unread", stands: plate === "differs" ? "against" : "open", n: 0 });
  found.push(spot === "same" ? { say: "spot_same", stands: "proven", n: spot_m ?? 0 } : { say: spot === "far" ? "spot_far" : "spot_unknown", stands: spot === "far" ? "against" : "open", n: spot_m ?? 0 });
  return found;
}
