// The commands of the host with their arguments and answers: the typed twin of the host's dispatch table.
// Each area of the app has its own commands in `commands/`.

import type { AppState } from "../bindings/AppState";
import type { CasePage } from "../bindings/CasePage";
import type { CaptureCommands } from "./commands/capture";
import type { CaseCommands } from "./commands/case";
import type { PeopleCommands } from "./commands/people";
import type { SyncCommands } from "./commands/sync";

type Nothing = Record<string, never>;

interface Commands extends CaptureCommands, CaseCommands, PeopleCommands, SyncCommands {
  app_state: { args: Nothing; answer: AppState };
  case_list: { args: { before: string | null; limit: number }; answer: CasePage };
}

export type Command = keyof Commands;
export type Arguments<C extends Command> = Commands[C]["args"];
export type Answer<C extends Command> = Commands[C]["answer"];
