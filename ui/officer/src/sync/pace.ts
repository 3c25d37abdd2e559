// How long the rest takes, how far two clocks are apart, and what the main button does: rules of the sync page without a
// page around them.

import type { StationClockView } from "@xunge/shared/bindings/StationClockView";
import type { SyncStatus } from "@xunge/shared/bindings/SyncStatus";

/** Below this a line is as good as dead, and a time left would only frighten. */
const SLOWEST = 1000;

/** Milliseconds until the originals that wait are sent, at the pace so far; null when nobody can say. */
export function timeLeft(status: Pick<SyncStatus, "bytes_left" | "bytes_per_second" | "phase">): number | null {
  const pace = status.bytes_per_second ?? 0;
  if (status.phase !== "originals" || pace < SLOWEST || status.bytes_left === 0) return null;
  return (status.bytes_left / pace) * 1000;
}

export type ClockSay = "right" | "fast" | "slow";

/** The clocks agree when the difference is within a second, or within what could be measured. */
export function clockSay(clock: Pick<StationClockView, "offset_ms" | "err_ms">): ClockSay {
  if (Math.abs(clock.offset_ms) <= Math.max(1000, clock.err_ms)) return "right";
  return clock.offset_ms < 0 ? "fast" : "slow";
}

export type MainAction = "pause" | "resume" | "now" | "ask";

/** What the one large button does. */
export function mainAction(status: Pick<SyncStatus, "is_paused" | "phase" | "on_phone">): MainAction {
  if (["records", "thumbnails", "originals"].includes(status.phase)) return "pause";
  if (status.is_paused) return "resume";
  return status.on_phone.cases > 0 ? "now" : "ask";
}
