// A case's history as lines to read, newest first: what was done on the phone, and when the station signed. The station's
// times are its own; a line of them stands above everything that the phone did before it.

import type { CaseView } from "@xunge/shared/bindings/CaseView";
import type { EventView } from "@xunge/shared/bindings/EventView";
import type { IconName } from "@xunge/shared/widgets/icon-names";

export interface EventLine {
  kind: "event";
  key: string;
  icon: IconName;
  event: EventView;
  ms: number;
}

/** The station has signed: for the record, or for so many originals. */
export interface ArrivalLine {
  kind: "record" | "photos";
  key: string;
  icon: IconName;
  photos: number;
  of: number;
  ms: number;
}

export type Line = EventLine | ArrivalLine;

const ICONS: Record<EventView["kind"], IconName> = {
  opened: "phone-up",
  photo_added: "plus",
  step: "task",
  amended: "draft",
  voided: "cross",
  other: "other",
};

/** Receipts of originals that came within one round are one line. */
const ROUND_MS = 2 * 60_000;

export function linesOf(view: CaseView): Line[] {
  const events: Line[] = view.events.map((event) => ({ kind: "event", key: event.op_id, icon: ICONS[event.kind], event, ms: event.wall_ms }));
  const lines = [...events];
  for (const arrival of arrivalsOf(view)) {
    // Behind the last event that it can be about: never in front of what it signs for.
    const before = lines.filter((line) => line.ms <= arrival.ms).length;
    const first = arrival.kind === "record" ? view.events.length : 1;
    lines.splice(Math.max(before, Math.min(first, lines.length)), 0, arrival);
  }
  return lines.reverse();
}

function arrivalsOf(view: CaseView): ArrivalLine[] {
  const of = view.photos.length;
  const stamps = view.photos.flatMap((photo) => (photo.station_ms === null ? [] : [photo.station_ms])).sort((one, other) => one - other);
  const arrivals: ArrivalLine[] = [];
  for (const ms of stamps) {
    const last = arrivals.at(-1);
    if (last && ms - last.ms < ROUND_MS) {
      last.photos += 1;
      last.ms = ms;
    } else arrivals.push({ kind: "photos", key: `photos-${ms}`, icon: "station", photos: 1, of, ms });
  }
  const { receipt_ms: ms } = view.row;
  if (ms !== null) arrivals.unshift({ kind: "record", key: "record", icon: "station", photos: 0, of, ms });
  return arrivals;
}
