// The way back after the app was killed: to the screen that the draft was left on. From then on every change of the
// screen is kept with the draft.

import { useDraft } from "../stores/draft";
import { router } from "./router";

const opened = location.hash;
let followed = false;

/** Goes to the screen that the draft was left on, unless the page was opened at a place of its own. */
export async function comeBack(): Promise<void> {
  const draft = useDraft();
  if (!draft.view || followed) return;
  followed = true;
  const left = draft.leftOn();
  const isWhereItStarted = router.currentRoute.value.name === "today";
  if (left && isWhereItStarted && opened.length <= "#/".length && router.resolve(left).fullPath === left) await router.replace(left);
  draft.onScreen(router.currentRoute.value.fullPath);
  // The sign-in is nobody's place of work, and a locked phone takes no words.
  router.afterEach((to) => {
    if (to.name !== "sign-in") draft.onScreen(to.fullPath);
  });
}
