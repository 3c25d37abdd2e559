// What can be said about the connection, from the last sync status. The phone does not know whether the station can be
// reached until it has tried: "linked" means that the last try went well, and the time of the receipt stands beside it.

import type { SyncStatus } from "@xunge/shared/bindings/SyncStatus";

export type Connection = "unknown" | "not_enrolled" | "offline" | "trouble" | "sending" | "linked";

const OFFLINE_CODES: readonly string[] = ["station_unreachable", "network_portal", "station_not_ours"];

export function connectionOf(status: SyncStatus | null, enrolled: boolean): Connection {
  if (!enrolled) return "not_enrolled";
  if (!status) return "unknown";
  if (status.last_error) return OFFLINE_CODES.includes(status.last_error.code) ? "offline" : "trouble";
  if (["records", "thumbnails", "originals"].includes(status.phase)) return "sending";
  return status.last_receipt ? "linked" : "unknown";
}
