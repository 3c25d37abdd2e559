// The hand that holds the phone: the left one mirrors the row of buttons at the bottom. Remembered on this phone.

import { ref } from "vue";

export const hands = ["right", "left"] as const;
export type Hand = (typeof hands)[number];

const KEPT_AS = "xunge.hand";
const kept = localStorage.getItem(KEPT_AS);
const hand = ref<Hand>(hands.find((name) => name === kept) ?? "right");

/** Puts the kept choice on the page; called once at the start. */
export function applyHand(): void {
  document.documentElement.dataset["hand"] = hand.value;
}

export function useHand() {
  function choose(next: Hand): void {
    hand.value = next;
    localStorage.setItem(KEPT_AS, next);
    applyHand();
  }
  return { hand, choose };
}
