// Keeps a locked phone on its sign-in screen, and tells the host when nobody has the app before them. What was begun is
// finished first: the words of the draft are written before the host hears that the officer is away.

import { watch } from "vue";
import type { Router } from "vue-router";
import { useDraft } from "../stores/draft";
import { usePeople } from "../stores/people";

const SIGN_IN = "/sign-in";

/** Where to go once somebody has signed in. */
let waiting: string | null = null;

/** The screen that the lock came over. */
export function whereItWas(): string {
  const place = waiting ?? "/today";
  waiting = null;
  return place;
}

/** Begins to keep the lock; ends with the function that is returned. */
export async function keepLock(router: Router): Promise<() => void> {
  const people = usePeople();
  const draft = useDraft();

  async function onVisibility(): Promise<void> {
    if (document.hidden) await draft.write();
    await people.showFront(!document.hidden);
  }
  const onChange = () => void onVisibility();

  const endGuard = router.beforeEach((to) => {
    if (!people.isLocked || to.path === SIGN_IN) return true;
    waiting = to.fullPath;
    return SIGN_IN;
  });
  async function goToSignIn(): Promise<void> {
    const here = router.currentRoute.value;
    if (!people.isLocked || here.path === SIGN_IN) return;
    if (here.matched.length > 0) waiting = here.fullPath;
    await router.replace(SIGN_IN);
  }
  const endWatch = watch(() => people.isLocked, goToSignIn);
  document.addEventListener("visibilitychange", onChange);
  await router.isReady();
  await goToSignIn();
  return () => {
    endGuard();
    endWatch();
    document.removeEventListener("visibilitychange", onChange);
  };
}
