// The phone fills up: it is said early, photos are taken smaller below the reserve, and when nothing more fits in, what was
// saved and typed is there, and the next photo goes in as soon as there is room.

import { mkdtempSync, renameSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "vitest";
import { confirm, part, save, scenes } from "./stand/hand";
import { test } from "./stand/stand";

const MEGABYTE = 1_000_000;
const PLATE = "苏A8K3R7";

/** The phone's room, in the hand of whoever fills it. */
function room(): { file: string; leave(bytes: number): void } {
  const file = join(mkdtempSync(join(tmpdir(), "xunge-room-")), "room");
  return {
    file,
    leave(bytes) {
      writeFileSync(`${file}.new`, String(bytes));
      renameSync(`${file}.new`, file);
    },
  };
}

for (const language of ["zh", "en"] as const) {
  test(`room runs out: said early, smaller photos, and nothing lost when it is gone (${language})`, async ({ stand }) => {
    const disk = room();
    const phone = await stand.phone({ variables: { XUNGE_HEADLESS_ROOM: disk.file } });
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

    // The photo is still in hand.
    disk.leave(100 * MEGABYTE);
    await part(page, "refused-again").click();
    await expect.poll(async () => (await phone.call("draft_read", {})).photos.length).toBe(2);
    await confirm(page);
    await save(page);
    const { rows } = await phone.call("case_list", { before: null, limit: 10 });
    expect(rows.map((row) => [row.plate?.text, row.photos.length])).toEqual([[PLATE, 2]]);
  });
}
