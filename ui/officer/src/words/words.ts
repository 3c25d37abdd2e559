// The words of the interface in both languages, and the small helpers with which screens use them.

import { readLanguage, keepLanguage, pageLanguage, inLanguage, type Language } from "@xunge/shared/words/language";
import { computed } from "vue";
import { createI18n, useI18n } from "vue-i18n";

/** Each language is fetched when it is first spoken: the officer reads one, and it is half of what the start weighs. */
const texts = { zh: () => import("./zh.json"), en: () => import("./en.json") } as const;

export const words = createI18n({ legacy: false, locale: readLanguage(localStorage), messages: {} });

/** Changes what the screens speak. */
export async function speak(language: Language): Promise<void> {
  if (!words.global.availableLocales.some((known) => known === language)) {
    words.global.setLocaleMessage(language, (await texts[language]()).default);
  }
  words.global.locale.value = language;
  document.documentElement.lang = pageLanguage(language);
}

/** What a screen needs to speak: the sentences, the language, a choice between a pair, the sentence of an error. */
export function useWords() {
  const { t, te, locale } = useI18n();
  const language = computed(() => locale.value as Language);

  function choose(next: Language): void {
    keepLanguage(localStorage, next);
    void speak(next);
  }

  /** The text of a pair in the present language. */
  function pick(chinese: string, english: string): string {
    return inLanguage(language.value, chinese, english);
  }

  /** The sentence for an error code; for a code of a newer host, a general one with the host's own message. */
  function sayError(error: { code: string; message: string }): string {
    const key = `error.${error.code}`;
    return te(key) ? t(key) : t("unknown_error", { message: error.message || error.code });
  }

  return { t, language, choose, pick, sayError };
}
