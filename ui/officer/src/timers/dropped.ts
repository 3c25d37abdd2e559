// The sentence of the undo bar: which vehicle, and what was noted of it.

import type { TimerView } from "@xunge/shared/bindings/TimerView";
import type { DropCause } from "@xunge/shared/platform/commands/draft";

export function sayDropped(dropped: { timer: TimerView; cause: DropCause }, t: (key: string, slots: Record<string, string>) => string): string {
  return t(`timer.dropped_${dropped.cause}`, { plate: dropped.timer.plate?.display ?? t("timer.no_plate", {}) });
}
