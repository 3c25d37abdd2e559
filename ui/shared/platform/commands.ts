// The commands of the host with their arguments and answers: the typed twin of the host's dispatch table.
// `draft_add_photo` is not here: it carries raw bytes and goes through `Platform.addPhoto`.

import type { AppState } from "../bindings/AppState";
import type { CasePage } from "../bindings/CasePage";
import type { DraftView } from "../bindings/DraftView";
import type { SavedView } from "../bindings/SavedView";
import type { SyncStatus } from "../bindings/SyncStatus";
import type { MapCommands } from "./commands/map";

type Nothing = Record<string, never>;

/** What was typed and chosen for the draft. */
export interface DraftFields {
  matter: string | null;
  plate: string;
  street: string | null;
  note: string;
}

/** What the officer sets about syncing. */
export interface SyncSettings {
  is_paused: boolean;
  only_unmetered: boolean;
}

interface Commands extends MapCommands {
  app_state: { args: Nothing; answer: AppState };
  enrol: { args: { code: string }; answer: AppState };
  draft_read: { args: Nothing; answer: DraftView };
  draft_write: { args: DraftFields; answer: DraftView };
  draft_add_demo_photo: { args: { name: string }; answer: DraftView };
  draft_remove_photo: { args: { sha256: string }; answer: DraftView };
  draft_discard: { args: Nothing; answer: DraftView };
  draft_save: { args: Nothing; answer: SavedView };
  case_list: { args: { before: string | null; limit: number }; answer: CasePage };
  sync_status: { args: Nothing; answer: SyncStatus };
  sync_start: { args: Nothing; answer: SyncStatus };
  sync_configure: { args: SyncSettings; answer: SyncStatus };
  sync_audit: { args: Nothing; answer: SyncStatus };
}

export type Command = keyof Commands;
export type Arguments<C extends Command> = Commands[C]["args"];
export type Answer<C extends Command> = Commands[C]["answer"];
