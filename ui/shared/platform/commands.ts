// The commands of the host with their arguments and answers: the typed twin of the host's dispatch table.
// `draft_add_photo` is not here: it carries raw bytes and goes through `Platform.addPhoto`, as does `draft_finish_shot` with
// the bytes of the page's own camera. Each area of the app has its own commands in `commands/`.

import type { AppState } from "../bindings/AppState";
import type { CasePage } from "../bindings/CasePage";
import type { SyncStatus } from "../bindings/SyncStatus";
import type { CaseCommands } from "./commands/case";
import type { DraftCommands } from "./commands/draft";
import type { PeopleCommands } from "./commands/people";

type Nothing = Record<string, never>;

export type { DraftFields } from "./commands/draft";

/** What the officer sets about syncing. */
export interface SyncSettings {
  is_paused: boolean;
  only_unmetered: boolean;
}

interface Commands extends CaseCommands, DraftCommands, PeopleCommands {
  app_state: { args: Nothing; answer: AppState };
  enrol: { args: { code: string }; answer: AppState };
  case_list: { args: { before: string | null; limit: number }; answer: CasePage };
  sync_status: { args: Nothing; answer: SyncStatus };
  sync_start: { args: Nothing; answer: SyncStatus };
  sync_configure: { args: SyncSettings; answer: SyncStatus };
  sync_audit: { args: Nothing; answer: SyncStatus };
}

export type Command = keyof Commands;
export type Arguments<C extends Command> = Commands[C]["args"];
export type Answer<C extends Command> = Commands[C]["answer"];
