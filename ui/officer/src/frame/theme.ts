// The colours of the page: which set is used, remembered on this phone. `auto` is day or night as the phone shows it.

import { ref } from "vue";

export const themes = ["light", "dark", "outdoor"] as const;
/** `auto` beside the three sets: day or night as the phone shows it. */
export const themeChoices = ["auto", ...themes] as const;
export type Theme = (typeof themeChoices)[number];

const KEPT_AS = "xunge.theme";
const kept = localStorage.getItem(KEPT_AS);
const theme = ref<Theme>(themeChoices.find((name) => name === kept) ?? "light");
const night = matchMedia("(prefers-color-scheme: dark)");

/** Puts the kept choice on the page; called once at the start. */
export function applyTheme(): void {
  const shown = theme.value === "auto" ? (night.matches ? "dark" : "light") : theme.value;
  document.documentElement.dataset["theme"] = shown;
}

night.addEventListener("change", applyTheme);

export function useTheme() {
  function choose(next: Theme): void {
    theme.value = next;
    localStorage.setItem(KEPT_AS, next);
    applyTheme();
  }
  return { theme, choose };
}
