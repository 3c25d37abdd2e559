// The officer's hand: what a person does on the screens, by the names that the screens give their parts. When a screen
// changes, this is the file that follows it.

import type { Page } from "playwright-core";

/** A part of the screen, by its name. */
export const part = (page: Page, name: string) => page.locator(`[data-testid="${name}"]`);

/** Scenes that stand in for a camera, as the host names them. */
export const scenes = {
  car: "01-parking-wide-a.jpg",
  carFromAfar: "02-parking-wide-b.jpg",
  plate: "03-parking-plate-close.jpg",
  stall: "06-fruit-stall-wide.jpg",
} as const;

/** Adds a scene as a photo and waits until it is on disk. */
export async function takeScene(page: Page, scene: string): Promise<void> {
  const photos = part(page, "draft-photo");
  const before = await photos.count();
  await part(page, `demo-photo-${scene}`).click();
  await photos.nth(before).waitFor();
}

export async function chooseKind(page: Page, code: string): Promise<void> {
  await part(page, `matter-${code}`).click();
}

/** Saves, and waits for the word that it is saved. */
export async function save(page: Page): Promise<string> {
  await part(page, "save").click();
  return part(page, "saved-line").innerText();
}

/** Lets the phone join a station, and looks at the sync afterwards. */
export async function enrol(page: Page, code: string): Promise<void> {
  await page.goto(new URL("#/enrol", page.url()).href);
  await part(page, "enrol-code").fill(code);
  await part(page, "enrol-submit").click();
  await part(page, "enrolled").waitFor();
  await page.goto(new URL("#/sync", page.url()).href);
}
