// Where the phone is, told to the host while the viewfinder is open: it goes onto the photos that are taken. Nothing waits
// for it, and what the receiver cannot say is one quiet line.

import { onBeforeUnmount, onMounted, ref } from "vue";
import { useDraft } from "../stores/draft";
import { reportOf } from "./report";

export type Receiver = "asking" | "on" | "denied" | "none";

export function usePlace() {
  const draft = useDraft();
  const receiver = ref<Receiver>("asking");
  let watching: number | undefined;

  onMounted(() => {
    // Some webviews have the interface missing, whatever the types say.
    const geolocation = navigator.geolocation as Geolocation | undefined;
    if (!geolocation) {
      receiver.value = "none";
      return;
    }
    watching = geolocation.watchPosition(
      (position) => {
        receiver.value = "on";
        void draft.tellPlace(reportOf(position));
      },
      (error) => { receiver.value = error.code === error.PERMISSION_DENIED ? "denied" : "none"; },
      { enableHighAccuracy: true, maximumAge: 5000 },
    );
  });
  onBeforeUnmount(() => {
    if (watching !== undefined) navigator.geolocation.clearWatch(watching);
  });
  return { receiver };
}
