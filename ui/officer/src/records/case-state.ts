// What a list says about a case: void when it is void; else at the station only when the station has signed for all of it, lost as soon as this
// phone can no longer send an original that the station does not have.

import type { CasePhotoView } from "@xunge/shared/bindings/CasePhotoView";
import type { CaseRow } from "@xunge/shared/bindings/CaseRow";

export interface CaseState {
  state: "on_phone" | "at_station" | "lost" | "voided";
  /** How many originals are damaged or gone. */
  lost: number;
  /** How many originals the station has signed for. */
  arrived: number;
}

/** Damaged or gone here, and not at the station either: what the station has is safe whatever became of it here. */
export function isLost(photo: CasePhotoView): boolean {
  return photo.lost && !photo.at_station;
}

export function caseStateOf(row: Pick<CaseRow, "state" | "at_station" | "photos">): CaseState {
  const lost = row.photos.filter(isLost).length;
  const arrived = row.photos.filter((photo) => photo.at_station).length;
  if (row.state === "voided") return { state: "voided", lost, arrived };
  if (lost > 0) return { state: "lost", lost, arrived };
  return { state: row.at_station ? "at_station" : "on_phone", lost, arrived };
}
