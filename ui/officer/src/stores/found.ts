// Photos whose draft is gone: what was found, and where each of them goes.

import type { FoundTo } from "@xunge/shared/bindings/FoundTo";
import type { FoundView } from "@xunge/shared/bindings/FoundView";
import { platform } from "@xunge/shared/platform/choose";
import { toRefusal, type Refusal } from "@xunge/shared/platform/refusal";
import { defineStore } from "pinia";
import { computed, ref, shallowRef } from "vue";

export const useFound = defineStore("found", () => {
  const photos = shallowRef<FoundView[]>([]);
  const loaded = ref(false);
  const problem = shallowRef<Refusal | null>(null);
  /** Those that somebody still has to say something about. */
  const asked = computed(() => photos.value.filter((photo) => !photo.is_aside));
  const aside = computed(() => photos.value.filter((photo) => photo.is_aside));

  async function take(answer: Promise<{ photos: FoundView[] }>): Promise<boolean> {
    try {
      photos.value = (await answer).photos;
      loaded.value = true;
      problem.value = null;
      return true;
    } catch (thrown) {
      problem.value = toRefusal(thrown);
      return false;
    }
  }

  const refresh = (): Promise<boolean> => take(platform.call("found_list", {}));
  const place = (sha256: string, to: FoundTo, caseId: string | null = null): Promise<boolean> =>
    take(platform.call("found_place", { sha256, to, case_id: caseId }));

  return { photos, asked, aside, loaded, problem, refresh, place };
});
