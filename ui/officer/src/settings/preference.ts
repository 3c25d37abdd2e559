// How the screens look and when the phone locks. The host keeps it; the page's own storage is only what the first paint
// goes by. A change shows at once and is written behind.

import type { PreferenceView } from "@xunge/shared/bindings/PreferenceView";
import { platform } from "@xunge/shared/platform/choose";
import { toRefusal, type Refusal } from "@xunge/shared/platform/refusal";
import { defineStore } from "pinia";
import { keepLanguage, type Language } from "@xunge/shared/words/language";
import { shallowRef, watch } from "vue";
import { hands, useHand } from "../frame/hand";
import { textSizes, useTextSize } from "../frame/text-size";
import { themeChoices, useTheme } from "../frame/theme";
import { useApp } from "../stores/app";
import { inOrder } from "../stores/in-order";
import { speak, words } from "../words/words";

export const usePreference = defineStore("preference", () => {
  const app = useApp();
  const view = shallowRef<PreferenceView | null>(null);
  const problem = shallowRef<Refusal | null>(null);
  const run = inOrder();
  const theme = useTheme();
  const size = useTextSize();
  const hand = useHand();

  function show(next: PreferenceView): void {
    view.value = next;
    theme.choose(themeChoices.find((name) => name === next.theme) ?? "light");
    size.choose(textSizes.find((name) => name === next.text_size) ?? "m");
    hand.choose(hands.find((name) => name === next.hand) ?? "right");
  }

  function say(language: Language): void {
    keepLanguage(localStorage, language);
    void speak(language);
  }

  async function choose(change: Partial<PreferenceView>): Promise<void> {
    if (!view.value) return;
    const next = { ...view.value, ...change };
    show(next);
    if (change.language === "zh" || change.language === "en") say(change.language);
    try {
      const kept = await run(() => platform.call("preference_write", next));
      // An answer to an earlier choice says nothing of a later one.
      if (view.value === next) show(kept);
      problem.value = null;
    } catch (thrown) {
      problem.value = toRefusal(thrown);
    }
  }

  /** Follows the host's choice once it is known, and tells it of another language. */
  function follow(): void {
    watch(
      () => app.state?.preference,
      (kept) => {
        if (!kept || view.value) return;
        // A language that the page was opened in is the later choice.
        const chosen = localStorage.getItem("xunge.language") === null ? kept.language : words.global.locale.value;
        show({ ...kept, language: chosen });
        say(chosen === "en" ? "en" : "zh");
      },
      { immediate: true },
    );
    watch(words.global.locale, (language) => {
      if (view.value && view.value.language !== language) void choose({ language });
    });
  }

  return { view, problem, choose, follow };
});
