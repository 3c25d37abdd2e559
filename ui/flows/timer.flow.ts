// 违停计时: how long a car stood is proven by the clock that runs through suspend, whatever is done to the wall clock; and
// what cannot be proven is not called so.

import { expect } from "vitest";
import { begin, confirm, goTo, part, scenes, shoot, typePlate } from "./stand/hand";
import { clocks, MINUTE } from "./stand/machine";
import { test } from "./stand/stand";

const PLATE = "苏A8K3R7";

const ways = [
  { name: "the wall clock is right", wallMs: 6 * MINUTE, boots: 0, interval: "proven", clock: "unchanged" },
  { name: "the wall clock was set forward by an hour", wallMs: 66 * MINUTE, boots: 0, interval: "proven", clock: "changed" },
  { name: "the wall clock was set back by an hour", wallMs: -54 * MINUTE, boots: 0, interval: "proven", clock: "changed" },
  { name: "the phone was restarted", wallMs: 6 * MINUTE, boots: 1, interval: "unproven_reboot", clock: "unchanged" },
] as const;

test.for(ways)("a car that stood for six minutes while $name: the timer says what that proves", async (way, { stand }) => {
  const clock = clocks();
  const phone = await stand.phone({ variables: clock.variables });
  const page = await stand.open(phone, "/today");
  await begin(page, "PK01");
  await shoot(page);
  await confirm(page);
  await typePlate(page, PLATE);
  await expect.poll(async () => (await phone.call("draft_read", {})).plate_typed).toBe(PLATE);
  await phone.call("timer_start", {});
  await page.close();
  clock.move(way.wallMs, 6 * MINUTE, way.boots);

  const after = await stand.open(phone, "/timers");
  const [timer] = (await phone.call("timer_list", {})).timers;
  expect(timer?.checks).toMatchObject({ interval: way.interval, clock: way.clock });
  // After a restart only the wall clock is left to go by: the second photo may be taken, and proves nothing.
  expect([timer?.is_due, timer?.elapsed_ms === null]).toEqual([true, way.boots > 0]);
  expect((await part(after, "timer-checks").first().innerText()).trim()).not.toBe("");
  await part(after, "timer-second").click();
  await expect.poll(() => part(after, "shoot-count").innerText()).toBe("1");
  const taken = after.waitForResponse(/draft_finish_shot/);
  await part(after, "shutter").click();
  expect((await taken).ok()).toBe(true);
  await part(after, "save").click();
  await part(after, "saved-line").waitFor();
  expect((await phone.call("timer_list", {})).timers).toEqual([]);
  const { rows } = await phone.call("case_list", { before: null, limit: 5 });
  // Not how many photos: the browser's made-up camera shows the same picture again, and the same bytes are one photo.
  expect(rows.map((row) => row.plate?.text)).toEqual([PLATE]);
});

test("a vehicle that waits stands on the map and in its list, and leads back to the timers", async ({ stand }) => {
  const phone = await stand.phone();
  await phone.call("draft_add_demo_photo", { name: scenes.car, slot: null });
  await phone.write({ matter: "PK01", plate: PLATE });
  await phone.call("timer_start", {});
  const page = await stand.open(phone, "/map");
  const pin = page.locator('[data-timer="true"]');
  await pin.waitFor({ state: "attached" });
  expect(await pin.getAttribute("aria-label")).toContain("8K3R7");
  await part(page, "map-list").click();
  await part(page, "map-timer").click();
  await part(page, "timer-figure").waitFor();
  expect(new URL(page.url()).hash).toBe("#/timers");
});

for (const cause of ["left", "advised"] as const) {
  test(`a timer that was ended by a slip of the thumb (${cause}) is back by one tap, with its clock`, async ({ stand }) => {
    const clock = clocks();
    const phone = await stand.phone({ variables: clock.variables });
    await phone.call("draft_add_demo_photo", { name: scenes.car, slot: null });
    await phone.write({ matter: "PK01", plate: PLATE });
    await phone.call("timer_start", {});
    clock.move(2 * MINUTE, 2 * MINUTE, 0);
    const page = await stand.open(phone, "/timers");
    const stop = part(page, "timer-figure");
    await stop.waitFor();
    await part(page, `timer-${cause}`).click();
    await stop.waitFor({ state: "detached" });
    await part(page, "timer-undo").click();
    await stop.waitFor();
    const [timer] = (await phone.call("timer_list", {})).timers;
    expect(timer?.plate?.text).toBe(PLATE);
    expect(timer?.elapsed_ms).toBeGreaterThanOrEqual(2 * MINUTE);
    // Without an undo it is as it was said, also for the next one who looks.
    await part(page, `timer-${cause}`).click();
    await stop.waitFor({ state: "detached" });
    await goTo(page, "/today");
    await expect.poll(async () => (await phone.call("timer_list", {})).timers.length).toBe(0);
  });
}
