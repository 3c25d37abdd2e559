// The case being recorded. The host keeps it on disk: everything typed or chosen is written there shortly after, and
// everything that ends the screen writes at once, so that leaving or killing the app loses nothing. Beside the content
// goes the screen that the officer was on: that is where a killed app comes back to.

import type { DraftPhotoView } from "@xunge/shared/bindings/DraftPhotoView";
import type { DraftView } from "@xunge/shared/bindings/DraftView";
import type { PhotoSource } from "@xunge/shared/bindings/PhotoSource";
import type { SavedView } from "@xunge/shared/bindings/SavedView";
import type { DraftFields, HereReport } from "@xunge/shared/platform/commands/draft";
import { platform } from "@xunge/shared/platform/choose";
import { toRefusal, type Refusal } from "@xunge/shared/platform/refusal";
import { defineStore } from "pinia";
import { computed, reactive, ref, shallowRef } from "vue";
import { answered } from "../form/answers";
import { inOrder } from "./in-order";
import { useSync } from "./sync";
import { useTimers } from "./timers";

const WRITE_AFTER_MS = 250;
const UNDO_MS = 8000;

/** A photo that was not taken in, and why. */
export interface RefusedPhoto {
  /** The file's name; empty for a shot of this phone's camera. */
  name: string;
  refusal: Refusal;
  /** Hands the same bytes over once more; null where that cannot help. */
  again: (() => Promise<void>) | null;
}

export type FormAnswers = DraftView["form"];
export type FormAnswer = FormAnswers[string];

type Typed = Omit<DraftFields, "screen" | "form"> & { form: FormAnswers };

const nothing = (): Typed => ({ matter: null, plate: "", street: null, note: "", form: {} });

export const useDraft = defineStore("draft", () => {
  const fields = reactive<Typed>(nothing());
  const view = shallowRef<DraftView | null>(null);
  const refused = ref<RefusedPhoto[]>([]);
  const arriving = ref(0);
  const saving = ref(false);
  const saved = shallowRef<SavedView | null>(null);
  const problem = shallowRef<Refusal | null>(null);
  /** A photo taken off the strip that can still be put back. */
  const leaving = shallowRef<DraftPhotoView | null>(null);
  /** Drafts laid aside without a timer. */
  const parked = shallowRef<DraftView[]>([]);
  /** Counts the drafts that were in hand: what was prepared for one must not be used for the next. */
  const turn = ref(0);
  /** The route that the officer is on; empty until the draft is read. */
  let screen = "";

  // One command after the other: an older text must never be written over a newer one.
  const run = inOrder();
  let unwritten = false;
  let writing: Promise<boolean> = Promise.resolve(true);
  let writeTimer: ReturnType<typeof setTimeout> | undefined;
  let leaveTimer: ReturnType<typeof setTimeout> | undefined;

  const photos = computed(() => view.value?.photos.filter((photo) => photo.sha256 !== leaving.value?.sha256) ?? []);
  const isEmpty = computed(
    () => photos.value.length === 0 && arriving.value === 0 && !fields.plate && !fields.street && !fields.note && Object.keys(fields.form).length === 0,
  );

  function show(from: DraftView | null): void {
    if (!from) return;
    const { matter, plate_typed: plate, street, note, form } = from;
    Object.assign(fields, { matter, plate, street, note, form });
  }

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

  let loading: Promise<void> | null = null;

  /** Reads the draft, once; whoever asks while it is read waits for the same answer. */
  function load(): Promise<void> {
    if (view.value) return Promise.resolve();
    loading ??= read().finally(() => (loading = null));
    return loading;
  }

  async function read(): Promise<void> {
    if (await attempt(() => platform.call("draft_read", {}))) show(view.value);
  }

  /** Called at every change of a field. */
  function changed(): void {
    saved.value = null;
    unwritten = true;
    clearTimeout(writeTimer);
    writeTimer = setTimeout(() => void write(), WRITE_AFTER_MS);
  }

  function choose(matter: string | null): void {
    fields.matter = matter;
    changed();
  }

  /** Begins a case of a kind, or of none yet. What is in hand and not empty is laid aside, never lost. */
  async function begin(matter: string | null): Promise<void> {
    if (hasUnstored() && !(await storeRest())) return;
    saved.value = null;
    const aside = isEmpty.value ? Promise.resolve(true) : layAside();
    choose(matter);
    if (await aside) await write();
  }

  async function layAside(): Promise<boolean> {
    const settled = settleRemoval();
    const written = write();
    empty();
    if (!(await settled) || !(await written)) return false;
    return attempt(() => platform.call("draft_park", {}));
  }

  /** The hand is empty; what the host says follows. */
  function empty(): void {
    turn.value += 1;
    Object.assign(fields, nothing());
    refused.value = [];
    if (view.value) view.value = { ...view.value, id: null, photos: [], timer: null, pin: null, fix: null, place: null };
  }

  /** Takes another draft in hand, a timer's too; the one that was is kept. */
  async function take(id: string): Promise<boolean> {
    saved.value = null;
    if (!(await storeRest()) || !(await settleRemoval()) || !(await write())) return false;
    if (!(await attempt(() => platform.call("draft_take", { id })))) return false;
    turn.value += 1;
    refused.value = [];
    show(view.value);
    return true;
  }

  /** The drafts that were laid aside without a timer. */
  async function readParked(): Promise<void> {
    try {
      parked.value = (await run(() => platform.call("draft_list", {}))).drafts;
    } catch (thrown) {
      problem.value = toRefusal(thrown);
    }
  }

  /** Parks the draft in hand to be photographed again, and answers whether its timer runs. */
  async function startTimer(): Promise<boolean> {
    if (!(await storeRest()) || !(await settleRemoval()) || !(await write())) return false;
    try {
      useTimers().show(await run(() => platform.call("timer_start", {})));
    } catch (thrown) {
      problem.value = toRefusal(thrown);
      return false;
    }
    empty();
    return attempt(() => platform.call("draft_read", {}));
  }

  /** The phone's receiver has said where it is. What it says wrong is not the draft's problem. */
  async function tellPlace(report: HereReport): Promise<void> {
    try {
      view.value = await run(() => platform.call("draft_here", report));
    } catch (thrown) {
      const refusal = toRefusal(thrown);
      if (refusal.code !== "location_unusable") problem.value = refusal;
    }
  }

  async function pin(point: { lat_e7: number; lon_e7: number } | null): Promise<void> {
    await attempt(() => platform.call("draft_pin", point ?? { clear: true }));
  }

  function answer(name: string, given: FormAnswer | null): void {
    fields.form = answered(fields.form, name, given);
    changed();
  }

  /** The route that the draft was left on; empty when there is none. */
  function leftOn(): string {
    return view.value?.screen ?? "";
  }

  /** The officer went to another screen. */
  function onScreen(route: string): void {
    if (!view.value || route === screen) return;
    screen = route;
    unwritten = true;
    void write();
  }

  /** Writes what is not on disk yet. Answers whether all of it is, also what an earlier call is still writing: whoever
   * locks the phone behind this must not overtake it. */
  function write(): Promise<boolean> {
    clearTimeout(writeTimer);
    if (unwritten) writing = writeNow();
    return writing;
  }

  async function writeNow(): Promise<boolean> {
    unwritten = false;
    // As it is now, not as it will be when its turn comes: by then another draft may be in hand.
    const now: DraftFields = { ...fields, form: { ...fields.form }, screen };
    const good = await attempt(() => platform.call("draft_write", now));
    if (!good) unwritten = true;
    return good;
  }

  async function addFiles(files: readonly File[], source: PhotoSource, slot: string | null): Promise<void> {
    await Promise.all(files.map((file) => arrive(source === "camera" ? "" : file.name, () => platform.addPhoto(file, source, slot))));
  }

  /** Hands over a shot that was begun before the camera opened. */
  async function finishShot(file: File, name: string): Promise<void> {
    await arrive("", () => platform.finishShot(file, name));
  }

  /** Puts a name for the next shot on disk; null when there is no room or no host. */
  async function beginShot(slot: string | null): Promise<string | null> {
    try {
      return (await run(() => platform.call("draft_begin_shot", { slot }))).name;
    } catch (thrown) {
      problem.value = toRefusal(thrown);
      return null;
    }
  }

  async function addScene(name: string, shown: string, slot: string | null): Promise<void> {
    await arrive(shown, () => platform.call("draft_add_demo_photo", { name, slot }));
  }

  async function arrive(name: string, work: () => Promise<DraftView>): Promise<void> {
    saved.value = null;
    arriving.value += 1;
    try {
      view.value = await run(work);
    } catch (thrown) {
      const refusal = toRefusal(thrown);
      refused.value = [...refused.value, { name, refusal, again: refusal.retry ? () => arrive(name, work) : null }];
    } finally {
      arriving.value -= 1;
    }
  }

  const hasUnstored = (): boolean => refused.value.some(({ again }) => again !== null);

  /** There may be room by now: the photos are still in hand. All are asked for at once, so that nothing gets between. */
  async function storeRefusedAgain(): Promise<void> {
    const waiting = refused.value.filter(({ again }) => again !== null);
    refused.value = refused.value.filter(({ again }) => again === null);
    await Promise.all(waiting.map(({ again }) => again?.()));
  }

  /** Before the draft leaves the hand: what was shot for it is stored, or the officer does without it, never silently. */
  async function storeRest(): Promise<boolean> {
    if (hasUnstored()) await storeRefusedAgain();
    const left = refused.value.find(({ again }) => again !== null);
    if (left) problem.value = left.refusal;
    return left === undefined;
  }

  function forgetRefused(): void {
    if (refused.value.some(({ refusal }) => refusal === problem.value)) problem.value = null;
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
    writing = Promise.resolve(true);
    if (await attempt(() => platform.call("draft_discard", {}))) empty();
  }

  /** Makes the draft a case. Photos still on their way in are waited for: commands run in order. */
  async function save(): Promise<boolean> {
    if (saving.value) return false;
    saving.value = true;
    try {
      if (!(await storeRest()) || !(await settleRemoval()) || !(await write())) return false;
      const done = await run(() => platform.call("draft_save", {}));
      empty();
      saved.value = done;
      problem.value = null;
      void attempt(() => platform.call("draft_read", {}));
      void useSync().refresh();
      return true;
    } catch (thrown) {
      problem.value = toRefusal(thrown);
      return false;
    } finally {
      saving.value = false;
    }
  }

  return {
    fields, view, photos, refused, arriving, saving, saved, problem, leaving, isEmpty, parked, turn,
    load, changed, choose, begin, answer, leftOn, onScreen, write, addFiles, addScene, beginShot, finishShot,
    take, readParked, startTimer, tellPlace, pin, storeRefusedAgain, forgetRefused, removePhoto, undoRemoval, discard, save,
  };
});
