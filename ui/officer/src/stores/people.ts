// The officers of this phone, and whether one of them is signed in. The host decides both; this only shows it.

import type { PeopleView } from "@xunge/shared/bindings/PeopleView";
import { platform } from "@xunge/shared/platform/choose";
import { toRefusal, type Refusal } from "@xunge/shared/platform/refusal";
import { defineStore } from "pinia";
import { computed, ref, shallowRef } from "vue";
import { useApp } from "./app";
import { useDraft } from "./draft";
import { useSync } from "./sync";

export const usePeople = defineStore("people", () => {
  const app = useApp();
  const view = shallowRef<PeopleView | null>(null);
  const problem = shallowRef<Refusal | null>(null);
  const busy = ref(false);

  const people = computed(() => view.value?.people ?? []);
  const active = computed(() => people.value.find((person) => person.is_active) ?? null);
  const isLocked = computed(() => view.value?.is_locked ?? app.state?.is_locked ?? false);

  /** Runs a command whose answer is the officers; a refusal becomes `problem`. Answers whether it went well. */
  async function attempt(work: () => Promise<PeopleView>): Promise<boolean> {
    busy.value = true;
    try {
      view.value = await work();
      problem.value = null;
      return true;
    } catch (thrown) {
      problem.value = toRefusal(thrown);
      return false;
    } finally {
      busy.value = false;
    }
  }

  const load = () => attempt(() => platform.call("people_list", {}));
  /** What was typed is on disk before the lock: behind it nothing is taken any more. */
  async function lock(): Promise<void> {
    const sync = useSync();
    sync.rest();
    const isLocked = (await useDraft().write()) && (await attempt(() => platform.call("people_lock", {})));
    if (!isLocked) sync.wake();
  }
  const showFront = (isFront: boolean) => attempt(() => platform.call("people_front", { is_front: isFront }));

  /** Whoever signs in: the phone's state is read anew. After another officer the page begins from its home screen, so that
   * nothing of theirs stays; nobody goes on behind that. */
  async function enter(work: () => Promise<PeopleView>): Promise<boolean> {
    const before = app.state?.officer?.number;
    const went = await attempt(work);
    if (went) await app.load();
    if (!went || before === undefined || before === app.state?.officer?.number) return went;
    location.hash = "#/today";
    location.reload();
    return new Promise(() => undefined);
  }

  async function signIn(number: string, pin: string): Promise<boolean> {
    const went = await enter(() => platform.call("people_choose", { number, pin }));
    // How long to wait is the officers' to say.
    if (!went) view.value = await platform.call("people_list", {}).catch(() => view.value);
    return went;
  }

  const add = (code: string) => enter(() => platform.call("people_add", { code }));
  const setPin = (number: string, old: string, pin: string) =>
    attempt(() => platform.call("people_set_pin", { number, old, pin }));

  function forgetProblem(): void {
    problem.value = null;
  }

  return { view, people, active, isLocked, problem, busy, load, lock, showFront, signIn, add, setPin, forgetProblem };
});
