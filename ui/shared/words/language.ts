// The two languages, and which one this phone uses. Chinese unless the officer chose otherwise; the choice is kept in
// the page's own storage because it is needed before the host has answered.

export type Language = "zh" | "en";

const KEPT_AS = "xunge.language";

export function readLanguage(storage: Pick<Storage, "getItem">): Language {
  return storage.getItem(KEPT_AS) === "en" ? "en" : "zh";
}

export function keepLanguage(storage: Pick<Storage, "setItem">, language: Language): void {
  storage.setItem(KEPT_AS, language);
}

/** The value of the page's `lang` attribute: it decides how fonts draw Han characters and how a reader speaks them. */
export function pageLanguage(language: Language): string {
  return language === "zh" ? "zh-CN" : "en";
}

/** Picks the text of a pair such as `matter_zh`, `matter_en`. */
export function inLanguage(language: Language, zh: string, en: string): string {
  return language === "zh" ? zh : en;
}
