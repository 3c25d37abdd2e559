// The seam between every screen and its host: the four things that a screen may ask of the world outside the page.
// Why so: the same built interface runs in the phone's window (Tauri) and in a plain browser (development server); a
// screen that knew which of the two it is in could not be tested in the other.

import type { CaseView } from "../bindings/CaseView";
import type { DraftView } from "../bindings/DraftView";
import type { PhotoSource } from "../bindings/PhotoSource";
import type { Command, Answer, Arguments } from "./commands";

export interface Platform {
  /** Runs one command. Rejects with a `Refusal` and with nothing else. */
  call<C extends Command>(command: C, args: Arguments<C>): Promise<Answer<C>>;
  /**
   * Hands a photo's bytes to the host, unchanged: they are evidence. `slot` names the place of the kind's shot list that
   * it was taken for. Rejects with a `Refusal`.
   */
  addPhoto(file: File, source: PhotoSource, slot?: string | null): Promise<DraftView>;
  /** Hands over the bytes of a shot that `draft_begin_shot` named, before the camera opened. Rejects with a `Refusal`. */
  finishShot(file: File, name: string): Promise<DraftView>;
  /** As `addPhoto`, for a case that is recorded already. */
  addCasePhoto(caseId: string, file: File, source: PhotoSource): Promise<CaseView>;
  /** Where the small picture of an original can be shown from. */
  thumbUrl(sha256: string): string;
  /** Where the original itself can be shown from. */
  originalUrl(sha256: string): string;
  /** A tile of the map (XYZ, rows from the north) as a vector tile; no bytes where there is nothing. Rejects with a `Refusal`. */
  tile(z: number, x: number, y: number): Promise<ArrayBuffer>;
}
