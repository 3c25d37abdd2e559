// From the pocket to a saved case, and what a killed app comes back with.

import { expect } from "vitest";
import { chooseKind, part, save, scenes, takeScene } from "./stand/hand";
import { test } from "./stand/stand";

const PLATE = "苏A8K3R7";
const NOTE = "店外堆放水果筐三处";

test("a case recorded with no station in the world is saved and shown among the records", async ({ stand }) => {
  const page = await stand.open(await stand.phone());
  await takeScene(page, scenes.car);
  await takeScene(page, scenes.plate);
  await chooseKind(page, "PK01");
  await part(page, "plate-input").fill(PLATE);
  expect(await save(page)).toMatch(/\d/);
  await part(page, "tab-records").click();
  await part(page, "case-row").waitFor();
  expect(await part(page, "case-row").count()).toBe(1);
});

test("a phone killed in the middle of a case comes back with everything that was typed and shot", async ({ stand }) => {
  const phone = await stand.phone();
  const glass = await stand.glass();
  const page = await glass.open(phone.url);
  await takeScene(page, scenes.stall);
  await part(page, "plate-input").fill(PLATE);
  await part(page, "note-input").fill(NOTE);
  await expect.poll(async () => (await phone.call("draft_read", {})).note).toBe(NOTE);
  await page.close();
  await phone.kill();
  await phone.switchOn();

  const again = await glass.open(phone.url);
  await part(again, "draft-photo").waitFor();
  await expect.poll(() => part(again, "note-input").inputValue()).toBe(NOTE);
  expect(await part(again, "plate-input").inputValue()).toBe(PLATE);
});
