// Where the phone is, told to the host while the viewfinder is open: it goes onto the photos that are taken. Nothing waits
// for it, and what the receiver cannot say is one quiet line.

import { onBeforeUnmount, onMounted, ref } from "vue";
import { followReceiver } from "../frame/receiver";
import { useDraft } from "../stores/draft";
import { reportOf } from "./report";

export type Receiver = "asking" | "on" | "denied" | "none";

export function usePlace() {
  const draft = useDraft();
  const receiver = ref<Receiver>("asking");
  let end: (() => void) | null = null;

  onMounted(() => {
    end = followReceiver(
      (position) => {
        receiver.value = "on";
        void draft.tellPlace(reportOf(position));
      },
      (error) => { receiver.value = error.code === error.PERMISSION_DENIED ? "denied" : "none"; },
      true,
    );
    if (!end) receiver.value = "none";
  });
  onBeforeUnmount(() => end?.());
  return { receiver };
}
