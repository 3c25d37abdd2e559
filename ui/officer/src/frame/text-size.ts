// The size of the text: which of the three scales is used, remembered on this phone.

import { ref } from "vue";

export const textSizes = ["m", "l", "xl"] as const;
export type TextSize = (typeof textSizes)[number];

const KEPT_AS = "xunge.text-size";
const kept = localStorage.getItem(KEPT_AS);
const textSize = ref<TextSize>(textSizes.find((name) => name === kept) ?? "m");

/** Puts the kept choice on the page; called once at the start. */
export function applyTextSize(): void {
  document.documentElement.dataset["text"] = textSize.value;
}

export function useTextSize() {
  function choose(next: TextSize): void {
    textSize.value = next;
    localStorage.setItem(KEPT_AS, next);
    applyTextSize();
  }
  return { textSize, choose };
}
