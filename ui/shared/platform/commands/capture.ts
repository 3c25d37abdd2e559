// The commands of capture: drafts, shots, timers, plates. The typed twin of the host's `dispatch/draft.rs`.
// `draft_add_photo` and `draft_finish_shot` are not here: they carry raw bytes (`Platform.addPhoto`, `.finishShot`).

import type { DraftList } from "../../bindings/DraftList";
import type { DraftView } from "../../bindings/DraftView";
import type { PlateKnown } from "../../bindings/PlateKnown";
import type { PlateView } from "../../bindings/PlateView";
import type { SavedView } from "../../bindings/SavedView";
import type { ShotBegun } from "../../bindings/ShotBegun";
import type { TimerList } from "../../bindings/TimerList";

type Nothing = Record<string, never>;

/** One answer of a form: what was typed, chosen or ticked. */
export type FormAnswer = string | number | boolean | string[];
/** The answers of a form, by the name of the field. */
export type FormAnswers = Record<string, FormAnswer>;

/** What was typed and chosen for the draft, and where the officer was. */
export interface DraftFields {
  matter: string | null;
  plate: string;
  street: string | null;
  note: string;
  form: FormAnswers;
  /** The route of the screen, for the way back after the app was killed. */
  screen: string;
}

/** What became of a vehicle that was not photographed again. */
export type DropCause = "left" | "advised" | "other";

export interface CaptureCommands {
  draft_read: { args: Nothing; answer: DraftView };
  draft_write: { args: DraftFields; answer: DraftView };
  draft_pin: { args: { lat_e7: number; lon_e7: number } | { clear: true }; answer: DraftView };
  draft_add_demo_photo: { args: { name: string; slot: string | null }; answer: DraftView };
  draft_remove_photo: { args: { sha256: string }; answer: DraftView };
  draft_begin_shot: { args: { slot: string | null }; answer: ShotBegun };
  draft_discard: { args: Nothing; answer: DraftView };
  draft_save: { args: Nothing; answer: SavedView };
  draft_park: { args: Nothing; answer: DraftView };
  draft_list: { args: Nothing; answer: DraftList };
  draft_take: { args: { id: string }; answer: DraftView };
  timer_start: { args: Nothing; answer: TimerList };
  timer_list: { args: { lat_e7?: number; lon_e7?: number }; answer: TimerList };
  timer_take: { args: { id: string }; answer: DraftView };
  timer_drop: { args: { id: string; cause: DropCause }; answer: TimerList };
  plate_known: { args: { typed: string }; answer: PlateKnown };
  plate_recent: { args: Nothing; answer: PlateView[] };
}
