// The time as it goes on, a second at a time, for countdowns of the screen that is shown.

import { onMounted, onUnmounted, ref, type Ref } from "vue";

export function useNow(): Ref<number> {
  const now = ref(Date.now());
  let timer: ReturnType<typeof setInterval> | undefined;
  onMounted(() => { timer = setInterval(() => { now.value = Date.now(); }, 1000); });
  onUnmounted(() => clearInterval(timer));
  return now;
}
