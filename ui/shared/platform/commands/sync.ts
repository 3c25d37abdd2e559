// The commands of the way to the station, and what the page tells the host of the device around it.

import type { AppState } from "../../bindings/AppState";
import type { NetworkKind } from "../../bindings/NetworkKind";
import type { ReceiptPage } from "../../bindings/ReceiptPage";
import type { StationDetail } from "../../bindings/StationDetail";
import type { SyncStatus } from "../../bindings/SyncStatus";

type Nothing = Record<string, never>;

/** What the officer sets about syncing. */
export interface SyncSettings {
  is_paused: boolean;
  only_unmetered: boolean;
}

export interface SyncCommands {
  enrol: { args: { code: string }; answer: AppState };
  sync_status: { args: Nothing; answer: SyncStatus };
  sync_start: { args: Nothing; answer: SyncStatus };
  sync_configure: { args: SyncSettings; answer: SyncStatus };
  sync_audit: { args: Nothing; answer: SyncStatus };
  /** Answers as soon as the status is another than `version`, or after `timeout_ms` (at most 25 s). */
  sync_wait: { args: { version: number; timeout_ms: number }; answer: SyncStatus };
  sync_receipts: { args: { before: string | null; limit: number }; answer: ReceiptPage };
  station_read: { args: Nothing; answer: StationDetail };
  host_network: { args: { kind: NetworkKind }; answer: null };
}
