// The cases that this phone holds, newest first, page by page. Followed when the counters move: a receipt that arrives
// while the list is open must turn its row blue.

import type { CaseRow } from "@xunge/shared/bindings/CaseRow";
import { platform } from "@xunge/shared/platform/choose";
import { toRefusal, type Refusal } from "@xunge/shared/platform/refusal";
import { defineStore } from "pinia";
import { ref, shallowRef } from "vue";
import { inOrder } from "./in-order";

const PAGE = 30;
/** The most that the host gives at once. */
const LARGEST = 200;

export const useCases = defineStore("cases", () => {
  const rows = shallowRef<CaseRow[]>([]);
  const next = ref<string | null>(null);
  const loaded = ref(false);
  const problem = shallowRef<Refusal | null>(null);
  const run = inOrder();

  /** Reads the newest again; what was paged in behind them stays. */
  function refresh(): Promise<void> {
    return guard(async () => {
      const limit = Math.min(Math.max(rows.value.length, PAGE), LARGEST);
      const page = await platform.call("case_list", { before: null, limit });
      const lastFresh = page.rows.at(-1)?.case_id;
      const seam = rows.value.findIndex((row) => row.case_id === lastFresh);
      const older = seam < 0 ? [] : rows.value.slice(seam + 1);
      if (older.length === 0) next.value = page.next;
      rows.value = [...page.rows, ...older];
    });
  }

  function more(): Promise<void> {
    return guard(async () => {
      if (next.value === null) return;
      const page = await platform.call("case_list", { before: next.value, limit: PAGE });
      const known = new Set(rows.value.map((row) => row.case_id));
      rows.value = [...rows.value, ...page.rows.filter((row) => !known.has(row.case_id))];
      next.value = page.next;
    });
  }

  async function guard(work: () => Promise<void>): Promise<void> {
    try {
      await run(work);
      problem.value = null;
      loaded.value = true;
    } catch (thrown) {
      problem.value = toRefusal(thrown);
    }
  }

  return { rows, next, loaded, problem, refresh, more };
});
