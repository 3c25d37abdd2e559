// What is where, and what the sync is doing: asked often while something moves, rarely while nothing does, never while
// nobody looks. The counters of every screen come from here and from nowhere else.

import type { SyncStatus } from "@xunge/shared/bindings/SyncStatus";
import { platform } from "@xunge/shared/platform/choose";
import { toRefusal, type Refusal } from "@xunge/shared/platform/refusal";
import { defineStore } from "pinia";
import { computed, ref, shallowRef } from "vue";
import { isLost } from "../records/case-state";

const BUSY_MS = 400;
const IDLE_MS = 3000;

export const useSync = defineStore("sync", () => {
  const status = shallowRef<SyncStatus | null>(null);
  const problem = shallowRef<Refusal | null>(null);
  /** The device's clock when the status came, for "now" in relative times. */
  const seenMs = ref(Date.now());
  let timer: ReturnType<typeof setTimeout> | undefined;
  let watching = false;
  let asked = 0;

  /** Changes whenever a counter may have, or an original was lost or came back: what a list of cases has to follow. */
  const signature = computed(() => {
    const now = status.value;
    if (!now) return "";
    const lost = now.waiting.flatMap((row) => row.photos).filter(isLost).length;
    return [lost, now.on_phone.cases, now.on_phone.photos, now.at_station.cases, now.at_station.photos, now.last_receipt?.seq].join();
  });

  async function ask(command: "sync_status" | "sync_start"): Promise<void> {
    asked += 1;
    const mine = asked;
    try {
      const answer = await platform.call(command, {});
      // An answer that was overtaken by a later question would move the counters backwards.
      if (mine !== asked) return;
      status.value = answer;
      problem.value = null;
    } catch (thrown) {
      if (mine === asked) problem.value = toRefusal(thrown);
    }
    seenMs.value = Date.now();
  }

  function again(): void {
    clearTimeout(timer);
    if (!watching || document.hidden) return;
    const idle = status.value === null || ["idle", "paused", "held"].includes(status.value.phase);
    timer = setTimeout(() => void refresh(), idle ? IDLE_MS : BUSY_MS);
  }

  async function refresh(): Promise<void> {
    await ask("sync_status");
    again();
  }

  async function start(): Promise<void> {
    await ask("sync_start");
    again();
  }

  function onVisibility(): void {
    if (document.hidden) clearTimeout(timer);
    else void refresh();
  }

  /** Begins to ask; ends with the function that is returned. */
  function watch(): () => void {
    watching = true;
    document.addEventListener("visibilitychange", onVisibility);
    void refresh();
    return () => {
      watching = false;
      clearTimeout(timer);
      document.removeEventListener("visibilitychange", onVisibility);
    };
  }

  return { status, problem, seenMs, signature, refresh, start, watch };
});
