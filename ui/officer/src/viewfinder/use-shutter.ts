// One press of the shutter. The name that the next shot will have is on disk before the camera opens; a press that finds
// the name made for something else (another place of the list, another draft) hands its photo over without one.

import { ref, watch, type Ref } from "vue";
import { useDraft } from "../stores/draft";
import type { CameraState } from "./camera-state";

interface Prepared {
  name: string;
  slot: string | null;
  turn: number;
}

export function useShutter(state: Ref<CameraState>, slot: Ref<string | null>, shoot: () => Promise<File | null>) {
  const draft = useDraft();
  const pressed = ref(0);
  let prepared: Prepared | null = null;

  async function prepare(): Promise<void> {
    const now = { slot: slot.value, turn: draft.turn };
    const name = await draft.beginShot(now.slot);
    prepared = name === null ? null : { name, ...now };
  }

  async function press(): Promise<void> {
    const [place, turn] = [slot.value, draft.turn];
    const file = await shoot();
    if (!file) return;
    pressed.value += 1;
    const shot = prepared?.slot === place && prepared.turn === turn ? prepared : null;
    prepared = null;
    if (shot) await draft.finishShot(file, shot.name);
    else await draft.addFiles([file], "camera", place);
    if (state.value === "ready") await prepare();
  }

  watch(state, (now) => {
    if (now === "ready" && prepared?.turn !== draft.turn) void prepare();
  });

  return { pressed, prepare, press };
}
