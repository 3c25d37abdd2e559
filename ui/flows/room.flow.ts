// The phone fills up: it is said early, photos are taken smaller below the reserve, and when nothing more fits in, what was
// saved and typed is there, and the next photo goes in as soon as there is room.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "vitest";
import { confirm, part, save, scenes } from "./stand/hand";
import { clocks, MEGABYTE, MINUTE, room } from "./stand/machine";
import { checkout } from "./stand/program";
import { test } from "./stand/stand";

const PLATE = "苏A8K3R7";

for (const language of ["zh", "en"] as const) {
  test(`room runs out: said early, smaller photos, and nothing lost when it is gone (${language})`, async ({ stand }) => {
    const disk = room();
    const phone = await stand.phone({ variables: disk.variables });
    disk.leave(400 * MEGABYTE);
    const glass = await stand.glass({ language });
    const today = await glass.open(phone.at("/today"));
    await part(today, "room-band").waitFor();
    expect(await part(today, "room-band").getAttribute("data-level")).toBe("low");

    disk.leave(100 * MEGABYTE);
    await today.reload();
    await today.locator('[data-testid="room-band"][data-level="reserve"]').waitFor();
    expect((await phone.call("budget_read", {})).max_px).toBe(1600);
    await today.close();

    // Not by the made-up camera: it may show the same picture twice, and the same bytes are one photo.
    await phone.call("draft_add_demo_photo", { name: scenes.car, slot: null });
    await phone.write({ matter: "PK01", plate: PLATE });
    disk.leave(0);
    const page = await glass.open(phone.at("/viewfinder"));
    await part(page, "smaller").waitFor();
    await part(page, "shutter").click();
    await page.locator('[data-code="disk_full"]').waitFor();
    const kept = await phone.call("draft_read", {});
    expect([kept.photos.length, kept.plate_typed]).toEqual([1, PLATE]);
    await glass.forget(/disk_full/);

    // The photo is still in hand, and no save goes without it.
    await part(page, "save").click();
    await page.locator('[data-code="disk_full"]').first().waitFor();
    expect((await phone.call("case_list", { before: null, limit: 10 })).rows).toEqual([]);
    await glass.forget(/disk_full/);
    disk.leave(100 * MEGABYTE);
    await part(page, "refused-again").click();
    await expect.poll(async () => (await phone.call("draft_read", {})).photos.length).toBe(2);
    await confirm(page);
    await save(page);
    const { rows } = await phone.call("case_list", { before: null, limit: 10 });
    expect(rows.map((row) => [row.plate?.text, row.photos.length])).toEqual([[PLATE, 2]]);
  });
}

test("a photo that is stored when there is room again is as old as its shutter, so that no interval is proven by waiting", async ({ stand }) => {
  const [disk, clock] = [room(), clocks()];
  const phone = await stand.phone({ variables: { ...disk.variables, ...clock.variables } });
  const shoot = (scene: string) =>
    fetch(`${phone.url}api/draft_add_photo`, {
      method: "POST",
      headers: { "content-type": "application/octet-stream", "x-photo-source": "camera" },
      body: readFileSync(join(checkout, "assets/demo", scene)),
    });
  expect((await shoot(scenes.car)).status).toBe(200);
  await phone.write({ matter: "PK01", plate: PLATE });
  clock.move(MINUTE, MINUTE, 0);
  disk.leave(0);
  expect(await (await shoot(scenes.carFromAfar)).json()).toMatchObject({ code: "disk_full", retry: true });
  clock.move(8 * MINUTE, 8 * MINUTE, 0);
  disk.leave(100 * MEGABYTE);
  expect((await shoot(scenes.carFromAfar)).status).toBe(200);
  const { case_id } = await phone.call("draft_save", {});
  const { interval } = await phone.call("case_read", { case_id });
  expect(interval?.boot_ms).toBeGreaterThanOrEqual(MINUTE);
  expect(interval?.boot_ms).toBeLessThan(2 * MINUTE);
});
