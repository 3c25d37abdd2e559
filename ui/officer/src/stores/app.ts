// What does not change while the app runs, but for the enrolment: officer, station, district, streets, catalogue.

import type { AppState } from "@xunge/shared/bindings/AppState";
import type { MatterView } from "@xunge/shared/bindings/MatterView";
import { platform } from "@xunge/shared/platform/choose";
import { toRefusal, type Refusal } from "@xunge/shared/platform/refusal";
import { defineStore } from "pinia";
import { computed, ref, shallowRef } from "vue";

export const useApp = defineStore("app", () => {
  const state = shallowRef<AppState | null>(null);
  const problem = shallowRef<Refusal | null>(null);
  const enrolling = ref(false);
  const enrolProblem = shallowRef<Refusal | null>(null);

  const matters = computed(() => new Map(state.value?.matters.map((matter) => [matter.code, matter]) ?? []));

  function matter(code: string | null): MatterView | null {
    return code === null ? null : (matters.value.get(code) ?? null);
  }

  let loading: Promise<void> | null = null;

  /** Reads the state; whoever asks while it is read waits for the same answer. */
  function load(): Promise<void> {
    loading ??= read().finally(() => (loading = null));
    return loading;
  }

  async function read(): Promise<void> {
    try {
      state.value = await platform.call("app_state", {});
      problem.value = null;
    } catch (thrown) {
      problem.value = toRefusal(thrown);
    }
  }

  /** The officer has read what a damaged database cost; said again at the next start if that cannot be written down. */
  async function understandSalvage(): Promise<void> {
    try {
      state.value = await platform.call("salvage_understood", {});
    } catch (thrown) {
      problem.value = toRefusal(thrown);
    }
  }

  async function enrol(code: string): Promise<void> {
    enrolling.value = true;
    enrolProblem.value = null;
    try {
      state.value = await platform.call("enrol", { code });
    } catch (thrown) {
      enrolProblem.value = toRefusal(thrown);
    } finally {
      enrolling.value = false;
    }
  }

  return { state, problem, enrolling, enrolProblem, matter, load, understandSalvage, enrol };
});
