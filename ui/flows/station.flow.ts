// The way to the station: what was recorded without it arrives to the letter.

import { expect } from "vitest";
import { chooseKind, enrol, part, save, scenes, takeScene } from "./stand/hand";
import type { Phone } from "./stand/phone";
import { test } from "./stand/stand";

/** Until the station has signed for everything. */
async function nothingWaits(phone: Phone): Promise<void> {
  const left = async () => {
    const { on_phone: here, bytes_left: bytes } = await phone.call("sync_status", {});
    return { cases: here.cases, photos: here.photos, bytes };
  };
  await expect.poll(left, { timeout: 60_000 }).toEqual({ cases: 0, photos: 0, bytes: 0 });
}

const OFFICER = { number: "0417", name: "林晓" };

test("a case recorded before the phone has a station is there after it has joined one, to the letter", async ({ stand }) => {
  const [phone, station] = [await stand.phone(), await stand.station()];
  const page = await stand.open(phone);
  await takeScene(page, scenes.car);
  await chooseKind(page, "PK01");
  await save(page);
  await enrol(page, await station.enrolCode(OFFICER));
  await part(page, "last-receipt").waitFor();
  await nothingWaits(phone);
  await page.close();
  await phone.switchOff();
  expect(await phone.digest()).toBe(await station.digest());
});
