// The host behind HTTP: the development server, which answers the same commands to a plain browser.

import type { CaseView } from "../bindings/CaseView";
import type { DraftView } from "../bindings/DraftView";
import type { PhotoSource } from "../bindings/PhotoSource";
import type { Answer, Arguments, Command } from "./commands";
import type { Platform } from "./platform";
import { readTile } from "./tile";
import { Refusal, toRefusal } from "./refusal";

export function httpPlatform(): Platform {
  return {
    call: <C extends Command>(command: C, args: Arguments<C>) =>
      post<Answer<C>>(command, { "content-type": "application/json" }, JSON.stringify(args)),
    addPhoto: (file: File, source: PhotoSource, slot: string | null = null) =>
      post<DraftView>(
        "draft_add_photo",
        {
          "content-type": "application/octet-stream",
          "x-photo-name": encodeURIComponent(file.name),
          "x-photo-source": source,
          ...(slot === null ? {} : { "x-photo-slot": slot }),
        },
        file,
      ),
    finishShot: (file: File, name: string) =>
      post<DraftView>(
        "draft_finish_shot",
        { "content-type": "application/octet-stream", "x-photo-source": "camera", "x-shot-name": name },
        file,
      ),
    addCasePhoto: (caseId: string, file: File, source: PhotoSource) =>
      post<CaseView>(
        "case_add_photo",
        { "content-type": "application/octet-stream", "x-photo-case": caseId, "x-photo-source": source },
        file,
      ),
    thumbUrl: (sha256) => `/photo/${sha256}`,
    originalUrl: (sha256) => `/photo/${sha256}?full`,
    tile: (z, x, y) => readTile(`/tile/${z}/${x}/${y}`),
  };
}

async function post<T>(command: string, headers: Record<string, string>, body: BodyInit): Promise<T> {
  let response: Response;
  try {
    response = await fetch(`/api/${command}`, { method: "POST", headers, body });
  } catch (thrown) {
    throw toRefusal(thrown);
  }
  let answer: unknown;
  try {
    answer = await response.json();
  } catch {
    throw new Refusal("internal", `HTTP ${response.status} without JSON`, false);
  }
  if (!response.ok) throw toRefusal(answer);
  return answer as T;
}
