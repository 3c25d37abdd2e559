// The first start: an officer who has never seen the app is told in one screen what it does, and may enrol or begin at once.
// Said once, and the host keeps that it was; a phone that is enrolled, or a page that was opened at a place of its own, goes
// where it was going.

import { usePreference } from "../settings/preference";
import { useApp } from "../stores/app";
import { router } from "./router";

const opened = location.hash;

export async function rememberWelcome(): Promise<void> {
  await usePreference().choose({ welcomed: true });
}

/** Shows the first screen when this is the first start. The app's state has been read. */
export async function welcome(): Promise<void> {
  const { state } = useApp();
  if (!state || state.preference.welcomed) return;
  if (state.station || state.officer) await rememberWelcome();
  else if (opened.length <= "#/".length) await router.replace("/enrol");
}
