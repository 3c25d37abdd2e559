// The commands about officers, shifts, how the screens look, room, and files for others.

import type { BudgetView } from "../../bindings/BudgetView";
import type { ExportView } from "../../bindings/ExportView";
import type { PeopleView } from "../../bindings/PeopleView";
import type { PreferenceView } from "../../bindings/PreferenceView";
import type { ShiftReport } from "../../bindings/ShiftReport";
import type { ShiftState } from "../../bindings/ShiftState";
import type { ShiftTrack } from "../../bindings/ShiftTrack";
import type { ShiftView } from "../../bindings/ShiftView";
import type { WrittenFileView } from "../../bindings/WrittenFileView";

type Nothing = Record<string, never>;

/** A place as the page's receiver gave it; WGS-84 in 1e-7 degree, mm, ms since 1970. */
export interface ReceivedPoint {
  lat_e7: number;
  lon_e7: number;
  accuracy_mm: number | null;
  wall_ms: number | null;
  is_mock: boolean;
}

export interface PeopleCommands {
  people_list: { args: Nothing; answer: PeopleView };
  people_add: { args: { code: string }; answer: PeopleView };
  people_choose: { args: { number: string; pin: string }; answer: PeopleView };
  people_set_pin: { args: { number: string; old: string; pin: string }; answer: PeopleView };
  people_lock: { args: Nothing; answer: PeopleView };
  people_front: { args: { is_front: boolean }; answer: PeopleView };
  shift_state: { args: Nothing; answer: ShiftState };
  shift_start: { args: { grids: string[] }; answer: ShiftState };
  shift_end: { args: Nothing; answer: ShiftState };
  shift_track: { args: Nothing; answer: ShiftTrack };
  shift_report: { args: { shift: string | null }; answer: ShiftReport };
  shift_save_report: { args: { shift: string | null; language: string }; answer: WrittenFileView };
  track_add: { args: { points: ReceivedPoint[] }; answer: ShiftView };
  budget_read: { args: Nothing; answer: BudgetView };
  preference_read: { args: Nothing; answer: PreferenceView };
  preference_write: { args: PreferenceView; answer: PreferenceView };
  export_sealed: { args: Nothing; answer: WrittenFileView };
  export_state: { args: Nothing; answer: ExportView };
  log_export: { args: Nothing; answer: WrittenFileView };
}
