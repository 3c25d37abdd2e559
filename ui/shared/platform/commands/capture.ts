// The commands of capture: drafts, shots, timers, plates. The typed twin of the host's `dispatch/draft.rs`.
// `draft_add_photo` is not here: it carries raw bytes and goes through `Platform.addPhoto`.

import type { DraftView } from "../../bindings/DraftView";
import type { SavedView } from "../../bindings/SavedView";

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

export interface CaptureCommands {
  draft_read: { args: Nothing; answer: DraftView };
  draft_write: { args: DraftFields; answer: DraftView };
  draft_add_demo_photo: { args: { name: string; slot: string | null }; answer: DraftView };
  draft_remove_photo: { args: { sha256: string }; answer: DraftView };
  draft_discard: { args: Nothing; answer: DraftView };
  draft_save: { args: Nothing; answer: SavedView };
}
