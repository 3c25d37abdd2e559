// The officer's hand: what a person does on the screens, by the names that the screens give their parts. When a screen
// changes, this is the file that follows it.

import { expect } from "vitest";
import type { Page } from "playwright-core";
import type { Phone } from "./phone";

/** A part of the screen, by its name. */
export const part = (page: Page, name: string) => page.locator(`[data-testid="${name}"]`);

/** Scenes that stand in for a camera where there is none, as the host names them. */
export const scenes = {
  car: "01-parking-wide-a.jpg",
  carFromAfar: "02-parking-wide-b.jpg",
  plate: "03-parking-plate-close.jpg",
  stall: "06-fruit-stall-wide.jpg",
} as const;

/** From 今日 into a case of a kind: one tap. */
export async function begin(page: Page, code: string): Promise<void> {
  await part(page, `tile-${code}`).click();
}

/** Until the host knows which screen the officer is on: only then may anything be written past the screens, or the page's
 * own first word would overtake it. */
export async function settled(phone: Phone, route: string): Promise<void> {
  await expect.poll(async () => (await phone.call("draft_read", {})).screen, { timeout: 20_000 }).toBe(route);
}

/** Presses the shutter when the camera is ready, and waits until the photo counts: one tap. */
export async function shoot(page: Page): Promise<void> {
  const count = part(page, "shoot-count");
  const before = (await count.count()) === 0 ? 0 : Number(await count.innerText());
  await part(page, "shutter").click();
  await expect.poll(async () => ((await count.count()) === 0 ? 0 : Number(await count.innerText())), { timeout: 20_000 }).toBe(before + 1);
}

/** Saves, and gives the word that it is saved: one tap. */
export async function save(page: Page): Promise<string> {
  await part(page, "save").click();
  return part(page, "saved-line").innerText();
}

/** From the viewfinder to what else there is to say of the case. */
export async function confirm(page: Page): Promise<void> {
  await part(page, "shoot-last").click();
  await part(page, "draft-photo").first().waitFor();
}

/** Types a plate on the sheet that is there for it. */
export async function typePlate(page: Page, plate: string): Promise<void> {
  await part(page, "plate-open").click();
  await part(page, "plate-input").fill(plate);
  await part(page, "plate-done").click();
}

/** Goes to a screen as its tab does. */
export async function goTo(page: Page, route: string): Promise<void> {
  await page.goto(new URL(`#${route}`, page.url()).href);
}

/** Lets the phone join a station, and looks at the sync afterwards. */
export async function enrol(page: Page, code: string): Promise<void> {
  await goTo(page, "/enrol");
  await part(page, "enrol-code").fill(code);
  await part(page, "enrol-submit").click();
  await part(page, "enrolled").waitFor();
  await goTo(page, "/sync");
}
