// An eight-hour shift in some minutes: what all processes of the app hold at its end beyond what they held at its start.

import { expect } from "vitest";
import { begin, part, save, shoot } from "./stand/hand";
import { memoryOfAll } from "./stand/memory";
import { isMeasuring, note } from "./stand/note";
import type { Phone } from "./stand/phone";
import { test } from "./stand/stand";

const CASES = isMeasuring ? 200 : 4;
const PHOTOS_EACH = 3;
const POINTS = isMeasuring ? 10_000 : 200;
/** The first cases fetch the screens and fill the caches. */
const WARM = isMeasuring ? 20 : 2;

/** A walk of a metre a second, a point every three seconds. */
async function walk(phone: Phone, from: number, points: number): Promise<void> {
  const start = Date.now() - 8 * 3_600_000;
  const received = Array.from({ length: points }, (_, step) => ({
    lat_e7: 323_412_586 + (from + step) * 270,
    lon_e7: 1_188_403_172,
    accuracy_mm: 6_000,
    wall_ms: start + (from + step) * 3_000,
    is_mock: false,
  }));
  await phone.call("track_add", { points: received });
}

test("a whole shift of cases, photos and steps is worked through", { timeout: 3_600_000 }, async ({ stand }) => {
  const phone = await stand.phone();
  const page = await stand.open(phone, "/today");
  await phone.call("shift_start", { grids: [] });
  let before = 0;
  for (let each = 0; each < CASES; each += 1) {
    if (each === WARM) before = memoryOfAll();
    await begin(page, "PK01");
    for (let photo = 0; photo < PHOTOS_EACH; photo += 1) await shoot(page);
    await save(page);
    await part(page, "tile-PK01").waitFor();
    await walk(phone, (POINTS / CASES) * each, POINTS / CASES);
  }
  const grown = (memoryOfAll() - before) / (1 << 20);
  note("shift_memory", [grown]);
  // The test picture repeats itself, and a photo that is the same byte for byte is kept once: cases are counted.
  expect((await phone.waiting()).cases).toBe(CASES);
});
