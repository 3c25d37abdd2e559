// The case being recorded. The host keeps it on disk: everything typed or chosen is written there shortly after, and
// everything that ends the screen writes at once, so that leaving or killing the app loses nothing.

import type { DraftPhotoView } from "@xunge/shared/bindings/DraftPhotoView";
import type { DraftView } from "@xunge/shared/bindings/DraftView";
import type { SavedView } from "@xunge/shared/bindings/SavedView";
import { platform } from "@xunge/shared/platform/choose";
import { toRefusal, type Refusal } from "@xunge/shared/platform/refusal";
import { defineStore } from "pinia";
import { computed, reactive, ref, shallowRef } from "vue";
import { inOrder } from "./in-order";
import { useSync } from "./sync";

const WRITE_AFTER_MS = 250;
const UNDO_MS = 6000;

/** A photo that was not taken in, and why. */
export interface RefusedPhoto {
  name: string;
  refusal: Refusal;
}

export const useDraft = defineStore("draft", () => {
  const fields = reactive({ matter: null as string | null, plate: "", street: null as string | null, note: "" });
  const view = shallowRef<DraftView | null>(null);
  const refused = ref<RefusedPhoto[]>([]);
  const arriving = ref(0);
  const saving = ref(false);
  const saved = shallowRef<SavedView | null>(null);
  const problem = shallowRef<Refusal | null>(null);
  /** A photo taken off the strip that can still be put back. */
  const leaving = shallowRef<DraftPhotoView | null>(null);

  // One command after the other: an older text must never be written over a newer one.
  const run = inOrder();
  let unwritten = false;
  let writeTimer: ReturnType<typeof setTimeout> | undefined;
  let leaveTimer: ReturnType<typeof setTimeout> | undefined;

  const photos = computed(() => view.value?.photos.filter((photo) => photo.sha256 !== leaving.value?.sha256) ?? []);
  const isEmpty = computed(
    () => photos.value.length === 0 && !fields.matter && !fields.plate && !fields.street && !fields.note,
  );

  /** Runs a command on the draft; a refusal becomes `problem`. Answers whether it went well. */
  async function attempt(work: () => Promise<DraftView>): Promise<boolean> {
    try {
      view.value = await run(work);
      problem.value = null;
      return true;
    } catch (thrown) {
      problem.value = toRefusal(thrown);
      return false;
    }
  }

  async function load(): Promise<void> {
    if (view.value) return;
    if (!(await attempt(() => platform.call("draft_read", {}))) || !view.value) return;
    const { matter, plate_typed: plate, street, note } = view.value;
    Object.assign(fields, { matter, plate, street, note });
  }

  /** Called at every change of a field. */
  function changed(): void {
    saved.value = null;
    unwritten = true;
    clearTimeout(writeTimer);
    writeTimer = setTimeout(() => void write(), WRITE_AFTER_MS);
  }

  /** Writes what is not on disk yet. Answers whether all of it is. */
  async function write(): Promise<boolean> {
    clearTimeout(writeTimer);
    if (!unwritten) return true;
    unwritten = false;
    const good = await attempt(() => platform.call("draft_write", { ...fields }));
    if (!good) unwritten = true;
    return good;
  }

  async function addFiles(files: readonly File[]): Promise<void> {
    for (const file of files) {
      await arrive(file.name, () => platform.addPhoto(file, "import"));
    }
  }

  async function addScene(name: string, shown: string): Promise<void> {
    await arrive(shown, () => platform.call("draft_add_demo_photo", { name }));
  }

  async function arrive(name: string, work: () => Promise<DraftView>): Promise<void> {
    saved.value = null;
    arriving.value += 1;
    try {
      view.value = await run(work);
    } catch (thrown) {
      refused.value = [...refused.value, { name, refusal: toRefusal(thrown) }];
    } finally {
      arriving.value -= 1;
    }
  }

  function forgetRefused(): void {
    refused.value = [];
  }

  /** Takes a photo off the strip at once; on disk only after the time to undo. */
  async function removePhoto(photo: DraftPhotoView): Promise<void> {
    await settleRemoval();
    leaving.value = photo;
    leaveTimer = setTimeout(() => void settleRemoval(), UNDO_MS);
  }

  function undoRemoval(): void {
    clearTimeout(leaveTimer);
    leaving.value = null;
  }

  async function settleRemoval(): Promise<boolean> {
    clearTimeout(leaveTimer);
    const photo = leaving.value;
    if (!photo) return true;
    const good = await attempt(() => platform.call("draft_remove_photo", { sha256: photo.sha256 }));
    leaving.value = null;
    return good;
  }

  /** Throws the draft away: photos and words. */
  async function discard(): Promise<void> {
    clearTimeout(writeTimer);
    clearTimeout(leaveTimer);
    unwritten = false;
    leaving.value = null;
    refused.value = [];
    if (await attempt(() => platform.call("draft_discard", {}))) {
      Object.assign(fields, { matter: null, plate: "", street: null, note: "" });
    }
  }

  async function save(): Promise<void> {
    if (saving.value) return;
    saving.value = true;
    try {
      if (!(await settleRemoval()) || !(await write())) return;
      const done = await run(() => platform.call("draft_save", {}));
      Object.assign(fields, { matter: null, plate: "", street: null, note: "" });
      refused.value = [];
      saved.value = done;
      await attempt(() => platform.call("draft_read", {}));
      await useSync().refresh();
    } catch (thrown) {
      problem.value = toRefusal(thrown);
    } finally {
      saving.value = false;
    }
  }

  return {
    fields, view, photos, refused, arriving, saving, saved, problem, leaving, isEmpty,
    load, changed, write, addFiles, addScene, forgetRefused, removePhoto, undoRemoval, discard, save,
  };
});
