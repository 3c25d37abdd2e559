// The commands of capture: drafts, their photos and forms, timers, plates.

import type { DraftList } from "../../bindings/DraftList";
import type { DraftView } from "../../bindings/DraftView";
import type { PlateKnown } from "../../bindings/PlateKnown";
import type { PlateView } from "../../bindings/PlateView";
import type { SavedView } from "../../bindings/SavedView";
import type { ShotBegun } from "../../bindings/ShotBegun";
import type { TimerList } from "../../bindings/TimerList";

type Nothing = Record<string, never>;

/** What was typed and chosen for the draft. Left out, `form` and `screen` stay as they are on disk. */
export interface DraftFields {
  matter: string | null;
  plate: string;
  street: string | null;
  note: string;
  form?: DraftView["form"];
  screen?: string;
}

/** Where the phone is. `null` when the receiver gave no number. */
export interface HereReport {
  lat_e7: number | null;
  lon_e7: number | null;
  accuracy_mm: number | null;
  provider: "gnss" | "network";
  is_mock: boolean | null;
}

/** A point to walk from; without one, where the phone is. */
export interface WalkFrom {
  lat_e7?: number;
  lon_e7?: number;
}

/** What became of a vehicle that was not photographed again. */
export type DropCause = "left" | "advised" | "other";

export interface DraftCommands {
  draft_read: { args: Nothing; answer: DraftView };
  draft_write: { args: DraftFields; answer: DraftView };
  draft_pin: { args: { lat_e7: number; lon_e7: number } | { clear: true }; answer: DraftView };
  draft_here: { args: HereReport; answer: DraftView };
  draft_add_demo_photo: { args: { name: string; slot?: string | null }; answer: DraftView };
  draft_remove_photo: { args: { sha256: string }; answer: DraftView };
  draft_begin_shot: { args: { slot?: string | null }; answer: ShotBegun };
  draft_finish_shot: { args: { name: string }; answer: DraftView };
  draft_discard: { args: Nothing; answer: DraftView };
  draft_save: { args: Nothing; answer: SavedView };
  draft_park: { args: Nothing; answer: DraftView };
  draft_list: { args: Nothing; answer: DraftList };
  draft_take: { args: { id: string }; answer: DraftView };
  timer_start: { args: Nothing; answer: TimerList };
  timer_list: { args: WalkFrom; answer: TimerList };
  timer_take: { args: { id: string }; answer: DraftView };
  timer_drop: { args: { id: string; cause: DropCause }; answer: TimerList };
  plate_known: { args: { typed: string }; answer: PlateKnown };
  plate_recent: { args: Nothing; answer: PlateView[] };
}
