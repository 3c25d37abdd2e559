// From the pocket to a saved case, and what a killed app comes back with.

import type { Page } from "playwright-core";
import { expect } from "vitest";
import { begin, confirm, goTo, part, save, shoot, typePlate } from "./stand/hand";
import { test } from "./stand/stand";

const PLATE = "苏A8K3R7";
const NOTE = "店外堆放水果筐三处";

test("kind, shutter, save: three taps from the home screen to a saved case, with no station in the world", async ({ stand }) => {
  const phone = await stand.phone();
  const page = await stand.open(phone);
  const taps = await countTaps(page);
  await begin(page, "PK01");
  await shoot(page);
  expect(await save(page)).toMatch(/\d/);
  expect(await taps()).toBe(3);
  expect((await phone.call("sync_status", {})).on_phone).toMatchObject({ cases: 1, photos: 1 });
});

test("the photo may come first and its kind later", async ({ stand }) => {
  const phone = await stand.phone();
  const page = await stand.open(phone);
  await part(page, "shoot").click();
  await shoot(page);
  await part(page, "save-kind").click();
  await part(page, "listed-ST01").click();
  await save(page);
  expect((await phone.waiting()).cases).toBe(1);
});

test("two cases in a row are two records, the second begun with the kind of the first", async ({ stand }) => {
  const phone = await stand.phone();
  const page = await stand.open(phone);
  await begin(page, "PK01");
  await shoot(page);
  await confirm(page);
  await part(page, "save-next").click();
  await part(page, "shutter").waitFor();
  await shoot(page);
  await save(page);
  await goTo(page, "/records");
  await expect.poll(() => part(page, "case-row").count()).toBe(2);
});

/** Counts what a finger does; the answer comes from the page itself. */
async function countTaps(page: Page): Promise<() => Promise<number>> {
  await page.evaluate(() => {
    const counter = window as unknown as { taps: number };
    counter.taps = 0;
    addEventListener("pointerdown", () => (counter.taps += 1), { capture: true });
  });
  return () => page.evaluate(() => (window as unknown as { taps: number }).taps);
}

test("a phone killed in the viewfinder or before the save comes back to the same screen with the same content", async ({ stand }) => {
  const phone = await stand.phone();
  const glass = await stand.glass();
  const page = await glass.open(phone.url);
  await begin(page, "PK01");
  await shoot(page);
  await expect.poll(async () => (await phone.call("draft_read", {})).photos.length).toBe(1);
  await page.close();
  await phone.kill();
  await phone.switchOn();

  const again = await glass.open(phone.url);
  await expect.poll(() => part(again, "shoot-count").innerText(), { timeout: 20_000 }).toBe("1");
  expect(new URL(again.url()).hash).toBe("#/viewfinder");
  await confirm(again);
  await typePlate(again, PLATE);
  await part(again, "note-input").fill(NOTE);
  await expect.poll(async () => (await phone.call("draft_read", {})).note).toBe(NOTE);
  await again.close();
  await phone.kill();
  await phone.switchOn();

  const last = await glass.open(phone.url);
  await expect.poll(() => part(last, "note-input").inputValue(), { timeout: 20_000 }).toBe(NOTE);
  expect(new URL(last.url()).hash).toBe("#/confirm");
  expect((await phone.call("draft_read", {})).plate_typed).toBe(PLATE);
  expect(await part(last, "draft-photo").count()).toBe(1);
  await save(last);
});
