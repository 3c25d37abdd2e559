// The phone dies on every screen, in the middle of what is done there, and comes back to the same screen with the same
// content: at most the last quarter of a second of typing is gone.

import { expect } from "vitest";
import type { Page } from "playwright-core";
import { part, scenes, settled, typePlate } from "./stand/hand";
import type { Phone } from "./stand/phone";
import { test } from "./stand/stand";

const PLATE = "苏A8K3R7";
const NOTE = "压盲道，车内无人";

/** A place in the app: what has to be seen there before and after. */
interface Place {
  route: string;
  seen: string;
}

const places: Place[] = [
  { route: "/today", seen: "tile-PK01" },
  { route: "/viewfinder", seen: "shutter" },
  { route: "/confirm", seen: "draft-photo" },
  { route: "/timers", seen: "timer-figure" },
  { route: "/records", seen: "case-row" },
  { route: "/found", seen: "found-none" },
  { route: "/sync", seen: "to-enrol" },
  { route: "/enrol", seen: "enrol-code" },
  { route: "/map", seen: "map-layers" },
  { route: "/me", seen: "budget" },
  { route: "/shift", seen: "shift-end" },
  { route: "/settings", seen: "unmetered" },
];

/** Takes the power away and gives it back. */
async function die(phone: Phone, page: Page): Promise<void> {
  await page.close();
  await phone.kill();
  await phone.switchOn();
}

/** Everything that the phone holds for its officer, as its screens would show it. */
async function inHand(phone: Phone): Promise<unknown> {
  const { photos, plate_typed, note, form, matter, pin } = await phone.call("draft_read", {});
  const { rows } = await phone.call("case_list", { before: null, limit: 50 });
  const { timers } = await phone.call("timer_list", {});
  const { running } = await phone.call("shift_state", {});
  return {
    draft: { photos: photos.map(({ sha256 }) => sha256), plate_typed, note, form, matter, pin },
    cases: rows.map((row) => [row.number, row.photos.length]),
    timers: timers.map((timer) => [timer.plate?.text, timer.photos.length]),
    shift: running?.started_ms,
  };
}

test("a phone that dies on any screen comes back to it, with everything in hand and nothing twice", { timeout: 180_000 }, async ({ stand }) => {
  const phone = await stand.phone();
  await phone.record({ scene: scenes.car, matter: "PK01", plate: "苏A8K3R1" });
  await phone.call("draft_add_demo_photo", { name: scenes.carFromAfar, slot: null });
  await phone.write({ matter: "PK01", plate: "苏AD12345" });
  await phone.call("timer_start", {});
  await phone.call("shift_start", { grids: [] });
  await phone.call("draft_add_demo_photo", { name: scenes.plate, slot: null });
  await phone.write({ matter: "PK01", plate: PLATE, note: NOTE, form: { quantity: 2 } });
  const before = await inHand(phone);
  const glass = await stand.glass();
  for (const { route, seen } of places) {
    const page = await glass.open(phone.at(route));
    await part(page, seen).first().waitFor();
    await settled(phone, route);
    await die(phone, page);
    const again = await glass.open(phone.url);
    await part(again, seen).first().waitFor();
    expect(new URL(again.url()).hash).toBe(`#${route}`);
    expect(await inHand(phone)).toEqual(before);
    await again.close();
  }
});

test("what is typed on the confirmation is there after the phone died: plate, form, street and note", async ({ stand }) => {
  const phone = await stand.phone();
  await phone.call("draft_add_demo_photo", { name: scenes.car, slot: null });
  await phone.write({ matter: "PK01" });
  const page = await stand.open(phone, "/confirm");
  await typePlate(page, PLATE);
  await part(page, "field-quantity").fill("3");
  await part(page, "street-select").selectOption("fangzhou");
  await part(page, "note-input").fill(NOTE);
  await expect.poll(async () => (await phone.call("draft_read", {})).note).toBe(NOTE);
  await die(phone, page);

  const again = await stand.open(phone);
  await expect.poll(() => part(again, "note-input").inputValue()).toBe(NOTE);
  expect(await part(again, "field-quantity").inputValue()).toBe("3");
  expect(await part(again, "street-select").inputValue()).toBe("fangzhou");
  expect((await phone.call("draft_read", {})).plate?.text).toBe(PLATE);
});
