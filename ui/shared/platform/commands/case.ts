// The commands about recorded cases and found photos. `case_add_photo` carries raw bytes: `Platform.addCasePhoto`.

import type { ActFields } from "../../bindings/ActFields";
import type { ActName } from "../../bindings/ActName";
import type { AppState } from "../../bindings/AppState";
import type { CaseFound } from "../../bindings/CaseFound";
import type { CaseLies } from "../../bindings/CaseLies";
import type { CaseStanding } from "../../bindings/CaseStanding";
import type { CaseView } from "../../bindings/CaseView";
import type { FoundList } from "../../bindings/FoundList";
import type { FoundTo } from "../../bindings/FoundTo";
import type { PhotoCheck } from "../../bindings/PhotoCheck";
import type { Step } from "../../bindings/Step";
import type { VoidCause } from "../../bindings/VoidCause";

/** What a case must be to stand in the list; what is null lets everything through. */
export interface CaseFilter {
  words: string;
  state: CaseStanding | null;
  lies: CaseLies | null;
  matter_class: string | null;
  from_ms: number | null;
  to_ms: number | null;
}

/** Which piece of the list. */
export interface CaseLeaf {
  before: string | null;
  skip: number;
  limit: number;
  count: boolean;
}

export interface CaseCommands {
  case_find: { args: CaseFilter & CaseLeaf; answer: CaseFound };
  case_read: { args: { case_id: string }; answer: CaseView };
  case_amend: {
    args: { case_id: string } & Pick<ActFields, "matter" | "plate" | "note" | "form" | "street" | "pin" | "reason">;
    answer: CaseView;
  };
  case_void: { args: { case_id: string; cause: VoidCause; reason: string }; answer: CaseView };
  case_step: { args: { case_id: string; step: Step; note: string }; answer: CaseView };
  case_type: { args: { case_id: string; act: ActName; fields: ActFields | null }; answer: null };
  photo_verify: { args: { sha256: string }; answer: PhotoCheck };
  found_list: { args: Record<string, never>; answer: FoundList };
  found_place: { args: { sha256: string; to: FoundTo; case_id: string | null }; answer: FoundList };
  salvage_understood: { args: Record<string, never>; answer: AppState };
}
