// The first start: an officer who has never seen the app is told in one screen what it does, and may enrol or begin at once.
// Said once; a phone that is enrolled, or a page that was opened at a place of its own, goes where it was going.

import { useApp } from "../stores/app";
import { router } from "./router";

const KEPT_AS = "xunge.welcomed";
const opened = location.hash;

export function rememberWelcome(): void {
  localStorage.setItem(KEPT_AS, "1");
}

/** Shows the first screen when this is the first start. The app's state has been read. */
export async function welcome(): Promise<void> {
  const { state } = useApp();
  if (!state || localStorage.getItem(KEPT_AS) === "1") return;
  if (state.station || state.officer) rememberWelcome();
  else if (opened.length <= "#/".length) await router.replace("/enrol");
}
