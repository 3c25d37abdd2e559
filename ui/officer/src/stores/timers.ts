// The vehicles that wait to be photographed again. The host counts by the clock that runs through suspend; in between the
// page ticks on by its own, and asks again often enough that a sleep of the phone never shows.

import type { TimerList } from "@xunge/shared/bindings/TimerList";
import type { TimerView } from "@xunge/shared/bindings/TimerView";
import type { DropCause } from "@xunge/shared/platform/commands/draft";
import { platform } from "@xunge/shared/platform/choose";
import { toRefusal, type Refusal } from "@xunge/shared/platform/refusal";
import { defineStore } from "pinia";
import { computed, ref, shallowRef } from "vue";
import { inOrder } from "./in-order";
import { useSync } from "./sync";

const TICK_MS = 1000;
const ASK_MS = 10_000;
const UNDO_MS = 8000;

interface Dropped {
  timer: TimerView;
  cause: DropCause;
}

export const useTimers = defineStore("timers", () => {
  const list = shallowRef<TimerList | null>(null);
  const problem = shallowRef<Refusal | null>(null);
  /** Milliseconds since the list came. */
  const since = ref(0);
  /** Ended by a tap that can still be taken back. */
  const dropped = shallowRef<Dropped | null>(null);
  const run = inOrder();
  let cameAt = 0;
  let watchers = 0;
  let ticker: ReturnType<typeof setInterval> | undefined;
  let dropTimer: ReturnType<typeof setTimeout> | undefined;

  const timers = computed(() => list.value?.timers.filter((timer) => timer.id !== dropped.value?.timer.id) ?? []);

  function show(next: TimerList): void {
    list.value = next;
    cameAt = performance.now();
    since.value = 0;
  }

  async function ask(work: () => Promise<TimerList>): Promise<void> {
    try {
      show(await run(work));
      problem.value = null;
    } catch (thrown) {
      problem.value = toRefusal(thrown);
    }
  }

  function refresh(): Promise<void> {
    return ask(() => platform.call("timer_list", {}));
  }

  function tick(): void {
    if (document.hidden) return;
    since.value = performance.now() - cameAt;
    // Also behind a sleep, which the page's clock may not have counted.
    if (since.value > ASK_MS && timers.value.length > 0) void refresh();
  }

  function onVisibility(): void {
    if (!document.hidden) void refresh();
  }

  /** Begins to ask and to tick; ends with the function that is returned. */
  function watch(): () => void {
    watchers += 1;
    if (watchers === 1) {
      ticker = setInterval(tick, TICK_MS);
      document.addEventListener("visibilitychange", onVisibility);
    }
    void refresh();
    return () => {
      watchers -= 1;
      if (watchers > 0) return;
      clearInterval(ticker);
      document.removeEventListener("visibilitychange", onVisibility);
    };
  }

  /** Takes a vehicle off the list at once; recorded only after the time to undo. */
  async function drop(timer: TimerView, cause: DropCause): Promise<void> {
    await settle();
    dropped.value = { timer, cause };
    dropTimer = setTimeout(() => void settle(), UNDO_MS);
  }

  function undo(): void {
    clearTimeout(dropTimer);
    dropped.value = null;
  }

  /** Carries out what was tapped, without waiting for the rest of the time. */
  async function settle(): Promise<void> {
    clearTimeout(dropTimer);
    const now = dropped.value;
    if (!now) return;
    await ask(() => platform.call("timer_drop", { id: now.timer.id, cause: now.cause }));
    dropped.value = null;
    void useSync().refresh();
  }

  return { list, timers, problem, since, dropped, show, refresh, watch, drop, undo, settle };
});
