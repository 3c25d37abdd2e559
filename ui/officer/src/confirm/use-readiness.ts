// Whether the draft in hand can be saved, and the one line that says what is missing. For 确认 and 取景 alike.

import { countCharacters } from "@xunge/shared/words/size";
import { computed } from "vue";
import { useApp } from "../stores/app";
import { useDraft } from "../stores/draft";
import { useWords } from "../words/words";
import { unanswered } from "../form/answers";
import { MAX_NOTE, readinessOf } from "./readiness";

export function useReadiness() {
  const app = useApp();
  const draft = useDraft();
  const { t, pick } = useWords();

  const readiness = computed(() => readinessOf({
    photos: draft.photos.length + draft.arriving,
    matter: draft.fields.matter,
    wantsPlate: app.matter(draft.fields.matter)?.plate ?? false,
    plate: draft.fields.plate,
    hasPlace: Boolean(draft.view?.place) || draft.fields.street !== null,
  }));
  const tooLong = computed(() => countCharacters(draft.fields.note) > MAX_NOTE);
  const ready = computed(() => readiness.value.needed.length === 0 && !tooLong.value && !draft.saving);

  const line = computed(() => {
    const list = (words: readonly string[]) => words.map((word) => t(`confirm.${word}`)).join(t("and"));
    if (tooLong.value) return t("error.note_too_long");
    if (readiness.value.needed.length > 0) return t("confirm.missing", { list: list(readiness.value.needed) });
    const asked = unanswered(app.matter(draft.fields.matter)?.fields ?? [], draft.fields.form).map((field) => pick(field.zh, field.en));
    const without = [...readiness.value.without.map((word) => t(`confirm.${word}`)), ...asked];
    if (without.length > 0) return t("confirm.may_skip", { list: without.join(t("and")) });
    return "";
  });
  return { readiness, ready, line };
}
