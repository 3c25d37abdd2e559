// Chooses the host, once: Tauri's window announces itself by a global before any script of the page runs.

import { httpPlatform } from "./http";
import type { Platform } from "./platform";
import { tauriPlatform } from "./tauri";

export function isInTauri(scope: object): boolean {
  return "__TAURI_INTERNALS__" in scope;
}

export function choosePlatform(scope: object): Platform {
  return isInTauri(scope) ? tauriPlatform() : httpPlatform();
}

/** The host that this page runs in. */
export const platform: Platform = choosePlatform(globalThis);
