// The colours of the page: which set is used, remembered on this phone.

import { ref } from "vue";

export const themes = ["light", "dark", "outdoor"] as const;
export type Theme = (typeof themes)[number];

const KEPT_AS = "xunge.theme";
const kept = localStorage.getItem(KEPT_AS);
const theme = ref<Theme>(themes.find((name) => name === kept) ?? "light");

/** Puts the kept choice on the page; called once at the start. */
export function applyTheme(): void {
  document.documentElement.dataset["theme"] = theme.value;
}

export function useTheme() {
  function choose(next: Theme): void {
    theme.value = next;
    localStorage.setItem(KEPT_AS, next);
    applyTheme();
  }
  return { theme, choose };
}
