// The fields of an open sheet: what was typed before is there again, and each pause of the keys puts them on disk.

import type { ActFields } from "@xunge/shared/bindings/ActFields";
import type { ActName } from "@xunge/shared/bindings/ActName";
import { onBeforeUnmount, reactive, watch } from "vue";
import { useCase } from "../stores/case";

const PAUSE_MS = 300;

export function useTyped(act: ActName) {
  const store = useCase();
  const fields = reactive<ActFields>({ ...store.typed(act) });
  let timer: ReturnType<typeof setTimeout> | undefined;
  let isDone = false;

  function write(): void {
    if (timer === undefined) return;
    clearTimeout(timer);
    timer = undefined;
    if (!isDone) void store.type(act, { ...fields });
  }

  watch(fields, () => {
    clearTimeout(timer);
    timer = setTimeout(write, PAUSE_MS);
  });
  document.addEventListener("visibilitychange", write);
  onBeforeUnmount(() => {
    document.removeEventListener("visibilitychange", write);
    write();
  });

  /** Runs the act with what was typed; the host takes the typed words away with it. */
  async function carryOut(work: (fields: ActFields) => Promise<boolean>): Promise<boolean> {
    write();
    isDone = await work({ ...fields });
    return isDone;
  }

  /** Nothing of it is wanted any more. */
  function forget(): void {
    clearTimeout(timer);
    timer = undefined;
    isDone = true;
    void store.type(act, null);
  }

  return { fields, carryOut, forget };
}
