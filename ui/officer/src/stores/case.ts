// The case whose page is open: everything that the phone knows of it, whether its originals are still the same bytes, and
// what is being typed about it, which reaches the disk at each pause of the keys.

import type { ActFields } from "@xunge/shared/bindings/ActFields";
import type { ActName } from "@xunge/shared/bindings/ActName";
import type { CaseView } from "@xunge/shared/bindings/CaseView";
import type { PhotoState } from "@xunge/shared/bindings/PhotoState";
import type { Step } from "@xunge/shared/bindings/Step";
import type { VoidCause } from "@xunge/shared/bindings/VoidCause";
import { platform } from "@xunge/shared/platform/choose";
import { toRefusal, type Refusal } from "@xunge/shared/platform/refusal";
import { defineStore } from "pinia";
import { ref, shallowRef } from "vue";
import { inOrder } from "./in-order";

export const nothingTyped: ActFields = { matter: null, plate: null, note: null, form: null, street: null, pin: null, reason: "", cause: null, step: null };

export const useCase = defineStore("case", () => {
  const view = shallowRef<CaseView | null>(null);
  const problem = shallowRef<Refusal | null>(null);
  const checks = shallowRef<ReadonlyMap<string, PhotoState>>(new Map());
  const isBusy = ref(false);
  const run = inOrder();
  let open = "";

  async function load(id: string): Promise<void> {
    if (open !== id) {
      view.value = null;
      checks.value = new Map();
    }
    open = id;
    try {
      const read = await platform.call("case_read", { case_id: id });
      if (open !== id) return;
      view.value = read;
      problem.value = null;
      await check(read);
    } catch (thrown) {
      if (open === id) problem.value = toRefusal(thrown);
    }
  }

  /** Hashes every original anew, one after the other: they are megabytes, and nobody waits for it. */
  async function check(read: CaseView): Promise<void> {
    for (const { sha256, cleared } of read.photos) {
      if (open !== read.row.case_id) return;
      if (cleared || checks.value.has(sha256)) continue;
      const { state } = await platform.call("photo_verify", { sha256 });
      checks.value = new Map(checks.value).set(sha256, state);
    }
  }

  function typed(act: ActName): ActFields {
    return view.value?.typed.find((one) => one.act === act)?.fields ?? nothingTyped;
  }

  /** Writes down what was typed; null when it is not wanted any more. */
  function type(act: ActName, fields: ActFields | null): Promise<void> {
    const id = open;
    const before = view.value;
    if (before && before.row.case_id === id) {
      const others = before.typed.filter((one) => one.act !== act);
      view.value = { ...before, typed: fields ? [...others, { act, fields, saved_ms: Date.now() }] : others };
    }
    return run(async () => {
      try {
        await platform.call("case_type", { case_id: id, act, fields });
        problem.value = null;
      } catch (thrown) {
        problem.value = toRefusal(thrown);
      }
    });
  }

  /** Runs an act; true when it is recorded. */
  async function act(work: (id: string) => Promise<CaseView>): Promise<boolean> {
    const id = open;
    isBusy.value = true;
    try {
      const read = await run(() => work(id));
      if (open === id) {
        view.value = read;
        problem.value = null;
        void check(read).catch(() => undefined);
      }
      return true;
    } catch (thrown) {
      problem.value = toRefusal(thrown);
      return false;
    } finally {
      isBusy.value = false;
    }
  }

  const amend = (fields: ActFields): Promise<boolean> =>
    act((id) => platform.call("case_amend", { case_id: id, matter: fields.matter, plate: fields.plate, note: fields.note, form: fields.form, street: fields.street, pin: fields.pin, reason: fields.reason }));
  const makeVoid = (cause: VoidCause, reason: string): Promise<boolean> => act((id) => platform.call("case_void", { case_id: id, cause, reason }));
  const step = (taken: Step, note: string): Promise<boolean> => act((id) => platform.call("case_step", { case_id: id, step: taken, note }));
  const addPhoto = (file: File): Promise<boolean> => act((id) => platform.addCasePhoto(id, file, "import"));

  return { view, problem, checks, isBusy, load, typed, type, amend, makeVoid, step, addPhoto };
});
