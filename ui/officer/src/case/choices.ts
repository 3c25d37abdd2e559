// The steps and the causes in the order in which they are offered: the host's own order (Step::ALL, VoidCause).

import type { Step } from "@xunge/shared/bindings/Step";
import type { VoidCause } from "@xunge/shared/bindings/VoidCause";

export const steps: readonly Step[] = [
  "advised",
  "notice_posted",
  "correction_ordered",
  "corrected",
  "left",
  "cleared",
  "handed_over",
  "recurred",
];

export const causes: readonly VoidCause[] = ["duplicate", "mistake", "other"];
