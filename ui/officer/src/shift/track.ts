// The way of the shift: the page's receiver while a shift runs, in small batches, so that a killed page has lost seconds.
// What counts as a point is the host's to decide.

import type { ShiftState } from "@xunge/shared/bindings/ShiftState";
import { platform } from "@xunge/shared/platform/choose";
import type { ReceivedPoint } from "@xunge/shared/platform/commands/people";
import { toRefusal, type Refusal } from "@xunge/shared/platform/refusal";
import { defineStore } from "pinia";
import { computed, ref, shallowRef } from "vue";
import { followReceiver } from "../frame/receiver";

const BATCH_MS = 4000;
/** A fix that is worse is not counted; the officer can do something about it. */
const WEAK_M = 50;

export type Receiver = "off" | "asking" | "on" | "weak" | "refused" | "unavailable";

/** A place as the host takes it. */
export function received(position: Pick<GeolocationPosition, "coords" | "timestamp">): ReceivedPoint {
  const { latitude, longitude, accuracy } = position.coords;
  return {
    lat_e7: Math.round(latitude * 1e7),
    lon_e7: Math.round(longitude * 1e7),
    accuracy_mm: Number.isFinite(accuracy) && accuracy > 0 ? Math.round(accuracy * 1000) : null,
    wall_ms: Math.round(position.timestamp),
    is_mock: false,
  };
}

export const useTrack = defineStore("track", () => {
  const state = shallowRef<ShiftState | null>(null);
  const problem = shallowRef<Refusal | null>(null);
  const receiver = ref<Receiver>("off");
  const busy = ref(false);
  const running = computed(() => state.value?.running ?? null);
  let unfollow: (() => void) | null = null;
  let timer: ReturnType<typeof setInterval> | undefined;
  let waiting: ReceivedPoint[] = [];

  async function attempt(work: () => Promise<ShiftState>): Promise<boolean> {
    busy.value = true;
    try {
      state.value = await work();
      problem.value = null;
      return true;
    } catch (thrown) {
      problem.value = toRefusal(thrown);
      return false;
    } finally {
      busy.value = false;
      follow();
    }
  }

  const load = () => attempt(() => platform.call("shift_state", {}));
  const start = (grids: string[]) => attempt(() => platform.call("shift_start", { grids }));

  async function end(): Promise<boolean> {
    await flush();
    return attempt(() => platform.call("shift_end", {}));
  }

  async function flush(): Promise<void> {
    const points = waiting;
    waiting = [];
    if (points.length === 0 || !state.value) return;
    try {
      state.value = { ...state.value, running: await platform.call("track_add", { points }) };
    } catch (thrown) {
      problem.value = toRefusal(thrown);
      // A full disk or a busy database passes; the points are still good then.
      if (problem.value.retry) waiting = [...points, ...waiting];
    }
  }

  /** Listens to the receiver while a shift runs, and not a moment longer. */
  function follow(): void {
    if (running.value && !unfollow) listen();
    if (!running.value) stop();
  }

  function listen(): void {
    receiver.value = "asking";
    unfollow = followReceiver(take, refuse);
    if (!unfollow) {
      receiver.value = "unavailable";
      return;
    }
    timer = setInterval(() => void flush(), BATCH_MS);
  }

  function take(position: GeolocationPosition): void {
    receiver.value = position.coords.accuracy > WEAK_M ? "weak" : "on";
    waiting.push(received(position));
  }

  function refuse(error: GeolocationPositionError): void {
    receiver.value = error.code === error.PERMISSION_DENIED ? "refused" : "unavailable";
  }

  function stop(): void {
    unfollow?.();
    clearInterval(timer);
    unfollow = null;
    waiting = [];
    receiver.value = "off";
  }

  return { state, running, receiver, problem, busy, load, start, end, flush };
});
