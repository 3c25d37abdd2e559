// The shot list of the kind in hand: its places, the one that the next photo is for, and the photo to line it up with.

import { computed, ref } from "vue";
import { useApp } from "../stores/app";
import { useDraft } from "../stores/draft";
import { ghostOf, nextSlot } from "./shot-list";

export function useShots() {
  const app = useApp();
  const draft = useDraft();
  /** The place that the officer tapped; one photo long. */
  const chosen = ref<string | null>(null);

  const rules = computed(() => app.matter(draft.fields.matter)?.shots ?? []);
  const slot = computed(() => nextSlot(rules.value, draft.photos, chosen.value));
  const ghost = computed(() => ghostOf(rules.value, draft.photos, slot.value));
  return { rules, slot, ghost, chosen };
}
