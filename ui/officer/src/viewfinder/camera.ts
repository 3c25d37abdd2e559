// The camera inside the page: opened when the viewfinder is seen, let go when it is not, and one frame as a JPEG file.
// Whatever keeps it from opening becomes one of three states, each with its sentence; the file input stays for all.

import { onBeforeUnmount, onMounted, ref, shallowRef, type Ref } from "vue";
import { causeOf, type CameraState } from "./camera-state";
import { frameSize } from "./frame-size";

const QUALITY = 0.92;
// As sharp as a plate at ten paces needs; the device gives what it has.
const WANTED: MediaTrackConstraints = { facingMode: { ideal: "environment" }, width: { ideal: 2560 }, height: { ideal: 1920 } };

/** `most`: the longer side of a frame in pixels, when room runs out. */
export function useCamera(video: Ref<HTMLVideoElement | null>, most: Ref<number | null>) {
  const state = ref<CameraState>("starting");
  const hasTorch = ref(false);
  const torch = ref(false);
  const stream = shallowRef<MediaStream | null>(null);
  // A camera that opens after it was let go must be let go as well.
  let wanted = 0;

  function release(): void {
    wanted += 1;
    for (const track of stream.value?.getTracks() ?? []) track.stop();
    stream.value = null;
    torch.value = false;
  }

  async function open(): Promise<void> {
    release();
    const mine = wanted;
    state.value = "starting";
    const devices = (navigator as Partial<Navigator>).mediaDevices as Partial<MediaDevices> | undefined;
    if (!devices?.getUserMedia) {
      state.value = "none";
      return;
    }
    try {
      const opened = await devices.getUserMedia.call(devices, { video: WANTED, audio: false });
      if (mine !== wanted) {
        for (const track of opened.getTracks()) track.stop();
        return;
      }
      await show(opened);
    } catch (thrown) {
      if (mine === wanted) state.value = causeOf(thrown);
    }
  }

  async function show(opened: MediaStream): Promise<void> {
    stream.value = opened;
    const [track] = opened.getVideoTracks();
    track?.addEventListener("ended", () => { if (stream.value === opened) state.value = "busy"; });
    const able = track && "getCapabilities" in track ? (track.getCapabilities() as { torch?: boolean }) : {};
    hasTorch.value = able.torch === true;
    if (!video.value) return;
    video.value.srcObject = opened;
    await video.value.play();
    state.value = "ready";
  }

  async function switchTorch(): Promise<void> {
    const [track] = stream.value?.getVideoTracks() ?? [];
    const next = !torch.value;
    try {
      await track?.applyConstraints({ advanced: [{ torch: next } as MediaTrackConstraintSet] });
      torch.value = next;
    } catch {
      // The device said that it could and cannot: the switch goes, the camera stays.
      hasTorch.value = false;
    }
  }

  /** The frame that is seen now, in full size while there is room. Null when there is none. */
  async function shoot(): Promise<File | null> {
    const seen = video.value;
    if (!seen || state.value !== "ready" || seen.videoWidth === 0) return null;
    const canvas = document.createElement("canvas");
    const { width, height } = frameSize({ width: seen.videoWidth, height: seen.videoHeight }, most.value);
    Object.assign(canvas, { width, height });
    canvas.getContext("2d")?.drawImage(seen, 0, 0, width, height);
    const blob = await new Promise<Blob | null>((done) => { canvas.toBlob(done, "image/jpeg", QUALITY); });
    return blob ? new File([blob], "camera.jpg", { type: "image/jpeg" }) : null;
  }

  function onVisibility(): void {
    if (document.hidden) release();
    else void open();
  }

  onMounted(() => document.addEventListener("visibilitychange", onVisibility));
  onBeforeUnmount(() => {
    document.removeEventListener("visibilitychange", onVisibility);
    release();
  });

  return { state, hasTorch, torch, open, switchTorch, shoot };
}
