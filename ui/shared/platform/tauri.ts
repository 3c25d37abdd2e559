// The host inside the app's own window. The only file of the interface that imports Tauri.
// Every command takes one parameter named `args`; a photo goes as a raw body, since as JSON it would be four times as
// large.

import { convertFileSrc, invoke } from "@tauri-apps/api/core";
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
    async addPhoto(file: File, source: PhotoSource): Promise<DraftView> {
      try {
        const bytes = new Uint8Array(await file.arrayBuffer());
        const headers = { "x-photo-name": encodeURIComponent(file.name), "x-photo-source": source };
        return await invoke<DraftView>("draft_add_photo", bytes, { headers });
      } catch (thrown) {
        throw toRefusal(thrown);
      }
    },
    thumbUrl: (sha256) => convertFileSrc(sha256, "photo"),
    // Not `convertFileSrc` for all of it: that would escape the slashes.
    tile: (z, x, y) => readTile(`${convertFileSrc("", "tile")}${z}/${x}/${y}`),
  };
}
