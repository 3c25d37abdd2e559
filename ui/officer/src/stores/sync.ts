// What is where, and what the sync is doing. The page does not ask again and again: each question waits at the host until
// there is news. Nobody asks while nobody looks. The counters of every screen come from here and from nowhere else.

import type { SyncStatus } from "@xunge/shared/bindings/SyncStatus";
import { platform } from "@xunge/shared/platform/choose";
import type { SyncSettings } from "@xunge/shared/platform/commands/sync";
import { toRefusal, type Refusal } from "@xunge/shared/platform/refusal";
import { defineStore } from "pinia";
import { computed, ref, shallowRef } from "vue";
import { isLost } from "../records/case-state";

/** The longest that the host may keep a question: it answers by then with what is. */
const WAIT_MS = 25_000;
/** Between two answers: an original under way has news more often than anybody reads. */
const BREATH_MS = 150;
/** After a question that failed: the host is gone or cannot read its database. */
const TROUBLE_MS = 3_000;

export const useSync = defineStore("sync", () => {
  const status = shallowRef<SyncStatus | null>(null);
  const problem = shallowRef<Refusal | null>(null);
  /** The device's clock when the status came, for "now" in relative times. */
  const seenMs = ref(Date.now());
  const auditing = ref(false);
  let watching = false;
  /** Which of the loops that wait for news is the present one. */
  let turn = 0;
  let asked = 0;
  let taken = 0;

  /** Changes whenever a counter may have, or an original was lost or came back: what a list of cases has to follow. */
  const signature = computed(() => {
    const now = status.value;
    if (!now) return "";
    const lost = now.waiting.flatMap((row) => row.photos).filter(isLost).length;
    return [lost, now.on_phone.cases, now.on_phone.photos, now.at_station.cases, now.at_station.photos, now.last_receipt?.seq].join();
  });

  /** Runs one question. An answer that was overtaken by a later one would move the counters backwards. */
  async function take(question: () => Promise<SyncStatus>): Promise<void> {
    asked += 1;
    const mine = asked;
    try {
      const answer = await question();
      if (mine < taken && answer.version < (status.value?.version ?? 0)) return;
      status.value = answer;
      problem.value = null;
    } catch (thrown) {
      if (mine < taken) return;
      problem.value = toRefusal(thrown);
    }
    taken = Math.max(taken, mine);
    seenMs.value = Date.now();
  }

  const refresh = (): Promise<void> => take(() => platform.call("sync_status", {}));
  const start = (): Promise<void> => take(() => platform.call("sync_start", {}));
  const configure = (settings: SyncSettings): Promise<void> => take(() => platform.call("sync_configure", settings));

  async function audit(): Promise<void> {
    auditing.value = true;
    await take(() => platform.call("sync_audit", {}));
    auditing.value = false;
  }

  async function follow(): Promise<void> {
    turn += 1;
    const mine = turn;
    await refresh();
    while (mine === turn) {
      await new Promise((done) => setTimeout(done, problem.value ? TROUBLE_MS : BREATH_MS));
      if (mine !== turn) return;
      const version = status.value?.version ?? 0;
      await take(() => platform.call("sync_wait", { version, timeout_ms: WAIT_MS }));
    }
  }

  /** Asks nothing more until it is woken: a phone that locks refuses to answer. */
  function rest(): void {
    turn += 1;
  }

  function wake(): void {
    if (!document.hidden && watching) void follow();
  }

  function onVisibility(): void {
    rest();
    wake();
  }

  /** Begins to follow; ends with the function that is returned. */
  function watch(): () => void {
    watching = true;
    document.addEventListener("visibilitychange", onVisibility);
    void follow();
    return () => {
      watching = false;
      turn += 1;
      document.removeEventListener("visibilitychange", onVisibility);
    };
  }

  return { status, problem, seenMs, auditing, signature, refresh, start, configure, audit, watch, rest, wake };
});
