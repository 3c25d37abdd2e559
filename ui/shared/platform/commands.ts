// The commands of the host with their arguments and answers: the typed twin of the host's dispatch table.
// `draft_add_photo` is not here: it carries raw bytes and goes through `Platform.addPhoto`, as does `draft_finish_shot` with
// the bytes of the page's own camera. Each area of the app has its own commands in `commands/`.

import type { AppState } from "../bindings/AppState";
import type { CasePage } from "../bindings/CasePage";
import type { CaseCommands } from "./commands/case";
import type { DraftCommands } from "./commands/draft";
import type { MapCommands } from "./commands/map";
import type { PeopleCommands } from "./commands/people";
import type { SyncCommands } from "./commands/sync";

type Nothing = Record<string, never>;

export type { DraftFields } from "./commands/draft";

interface Commands extends CaseCommands, DraftCommands, MapCommands, PeopleCommands, SyncCommands {
  app_state: { args: Nothing; answer: AppState };
  case_list: { args: { before: string | null; limit: number }; answer: CasePage };
}

export type Command = keyof Commands;
export type Arguments<C extends Command> = Commands[C]["args"];
export type Answer<C extends Command> = Commands[C]["answer"];
