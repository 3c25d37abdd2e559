// The progress of a case as one segment per photo. Only a receipt fills a segment; bytes handed to the network do not,
// however many they are. An original that is lost stays so until a receipt, however often it is tried again.

import type { CasePhotoView } from "@xunge/shared/bindings/CasePhotoView";
import type { SendingView } from "@xunge/shared/bindings/SendingView";
import { isLost } from "../records/case-state";

export interface Segment {
  state: "arrived" | "under_way" | "waits" | "lost";
  /** 0 to 1. */
  part: number;
}

/** A photo under way never looks complete before its receipt. */
const MOST_WITHOUT_RECEIPT = 0.97;

export function segmentsOf(photos: readonly CasePhotoView[], sending: readonly SendingView[]): Segment[] {
  return photos.map((photo): Segment => {
    if (photo.at_station) return { state: "arrived", part: 1 };
    if (isLost(photo)) return { state: "lost", part: 0 };
    const under = sending.find((one) => one.sha256 === photo.sha256 && one.total > 0);
    if (under) return { state: "under_way", part: Math.min(under.sent / under.total, MOST_WITHOUT_RECEIPT) };
    return { state: "waits", part: 0 };
  });
}

/** What of these photos is under way, together; null when nothing is. */
export function underWay(photos: readonly CasePhotoView[], sending: readonly SendingView[]): { sent: number; total: number } | null {
  const mine = sending.filter((one) => photos.some((photo) => photo.sha256 === one.sha256 && !photo.at_station));
  if (mine.length === 0) return null;
  return mine.reduce((sum, one) => ({ sent: sum.sent + one.sent, total: sum.total + one.total }), { sent: 0, total: 0 });
}
