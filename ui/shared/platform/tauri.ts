// The host inside the app's own window. The only file of the interface that imports Tauri.
// Every command takes one parameter named `args`; a photo goes as a raw body, since as JSON it would be four times as
// large.

import { convertFileSrc, invoke } from "@tauri-apps/api/core";
import type { CaseView } from "../bindings/CaseView";
import type { DraftView } from "../bindings/DraftView";
import type { PhotoSource } from "../bindings/PhotoSource";
import type { Answer, Arguments, Command } from "./commands";
import type { Platform } from "./platform";
import { readTile } from "./tile";
import { toRefusal } from "./refusal";

export function tauriPlatform(): Platform {
  return {
    async call<C extends Command>(command: C, args: Arguments<C>): Promise<Answer<C>> {
      try {
        return await invoke<Answer<C>>(command, { args });
      } catch (thrown) {
        throw toRefusal(thrown);
      }
    },
    async addPhoto(file: File, source: PhotoSource, slot: string | null = null): Promise<DraftView> {
      try {
        const bytes = new Uint8Array(await file.arrayBuffer());
        const headers = {
          "x-photo-name": encodeURIComponent(file.name),
          "x-photo-source": source,
          ...(slot === null ? {} : { "x-photo-slot": slot }),
        };
        return await invoke<DraftView>("draft_add_photo", bytes, { headers });
      } catch (thrown) {
        throw toRefusal(thrown);
      }
    },
    async finishShot(file: File, name: string): Promise<DraftView> {
      try {
        const bytes = new Uint8Array(await file.arrayBuffer());
        const headers = { "x-photo-source": "camera", "x-shot-name": name };
        return await invoke<DraftView>("draft_finish_shot", bytes, { headers });
      } catch (thrown) {
        throw toRefusal(thrown);
      }
    },
    async addCasePhoto(caseId: string, file: File, source: PhotoSource): Promise<CaseView> {
      try {
        const bytes = new Uint8Array(await file.arrayBuffer());
        return await invoke<CaseView>("case_add_photo", bytes, { headers: { "x-photo-case": caseId, "x-photo-source": source } });
      } catch (thrown) {
        throw toRefusal(thrown);
      }
    },
    thumbUrl: (sha256) => convertFileSrc(sha256, "photo"),
    originalUrl: (sha256) => `${convertFileSrc(sha256, "photo")}?full`,
    // Not `convertFileSrc` for all of it: that would escape the slashes.
    tile: (z, x, y) => readTile(`${convertFileSrc("", "tile")}${z}/${x}/${y}`),
  };
}
