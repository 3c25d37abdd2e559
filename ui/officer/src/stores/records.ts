// The list of records as the officer left it: words, filters, the place in it, and the pages that are here.

import { platform } from "@xunge/shared/platform/choose";
import { toRefusal, type Refusal } from "@xunge/shared/platform/refusal";
import { defineStore } from "pinia";
import { computed, ref, shallowRef } from "vue";
import { CasePages } from "../records/case-pages";
import { anything, toFilter, type Wish } from "../records/filter";

export const useRecords = defineStore("records", () => {
  const wish = shallowRef<Wish>(anything);
  const problem = shallowRef<Refusal | null>(null);
  /** Where the list stood, in pixels, for the way back from a case. */
  const offset = ref(0);
  /** How many originals of how many cases are lost; the filter for them shows only if there are any. */
  const lost = ref(0);
  const moves = ref(0);
  let filter = toFilter(anything, Date.now());
  let window = { first: 0, last: 0 };

  const pages = new CasePages(
    (leaf) => platform.call("case_find", { ...filter, ...leaf }),
    () => { moves.value += 1; },
  );
  const total = computed(() => (moves.value >= 0 ? pages.total : null));

  function rowAt(index: number) {
    return moves.value >= 0 ? pages.rowAt(index) : null;
  }

  async function look(first: number, last: number): Promise<void> {
    window = { first, last };
    try {
      await pages.look(first, last);
      problem.value = null;
    } catch (thrown) {
      problem.value = toRefusal(thrown);
    }
  }

  function choose(next: Partial<Wish>): Promise<void> {
    wish.value = { ...wish.value, ...next };
    filter = toFilter(wish.value, Date.now());
    offset.value = 0;
    pages.clear();
    return look(0, 0);
  }

  /** Reads again what is shown: a receipt may have turned a row blue. */
  async function refresh(): Promise<void> {
    pages.age();
    await look(window.first, window.last);
    try {
      const found = await platform.call("case_find", { ...toFilter(anything, 0), lies: "lost", before: null, skip: 0, limit: 1, count: true });
      lost.value = found.total ?? 0;
    } catch {
      // The list itself has said by now that nothing can be read.
    }
  }

  return { wish, problem, offset, lost, total, rowAt, look, choose, refresh };
});
