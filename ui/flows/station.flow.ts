// The way to the station, and everything that can stand in it. Whatever answers, records stay on the phone until this
// phone's own station has signed for them.

import { expect } from "vitest";
import { imposter, losesFirstReply, PORTAL } from "./stand/between";
import { begin, enrol, goTo, part, save, scenes, shoot } from "./stand/hand";
import type { Phone } from "./stand/phone";
import { test } from "./stand/stand";
import type { Station } from "./stand/station";

const OFFICER = { number: "0417", name: "林晓" };
const NOTHING = { cases: 0, photos: 0, bytes: 0 };

/** Until the station has signed for everything. */
async function nothingWaits(phone: Phone, timeout = 60_000): Promise<void> {
  await expect.poll(() => phone.waiting(), { timeout }).toEqual(NOTHING);
}

/** What both hold, recomputed from stored bytes. */
async function holdTheSame(phone: Phone, station: Station): Promise<void> {
  await phone.switchOff();
  expect(await phone.digest()).toBe(await station.digest());
}

test("a case recorded before the phone has a station is there after it has joined one, to the letter", async ({ stand }) => {
  const [phone, station] = [await stand.phone(), await stand.station()];
  const page = await stand.open(phone);
  await begin(page, "PK01");
  await shoot(page);
  await save(page);
  await enrol(page, await station.enrolCode(OFFICER));
  await part(page, "last-receipt").waitFor();
  await nothingWaits(phone);
  await page.close();
  await holdTheSame(phone, station);
});

test("thirty cases of a day in flight mode come over a slow line that breaks, none lost and none doubled", { timeout: 300_000 }, async ({ stand }) => {
  const [phone, station] = [await stand.phone(), await stand.station()];
  const line = await station.badLine(400_000, 700_000);
  await phone.enrol(await station.enrolCode(OFFICER, line));
  await station.close();
  const all = Object.values(scenes);
  for (let each = 0; each < 30; each += 1) {
    const plate = `苏A${String(10_000 + each)}`;
    await phone.record({ scene: all[each % all.length] ?? scenes.car, matter: "PK01", plate, note: `第 ${each + 1} 起` });
  }
  expect((await phone.waiting()).cases).toBe(30);

  const page = await stand.open(phone, "/sync");
  await expect.poll(() => part(page, "count-phone-cases").innerText()).toMatch(/^30/);
  await station.open();
  // The phone may find it by itself just now: the button would then be another.
  await phone.call("sync_start", {});
  await nothingWaits(phone, 240_000);
  await expect.poll(() => part(page, "count-station-cases").innerText()).toMatch(/^30/);
  await expect.poll(() => part(page, "count-phone-cases").innerText()).toMatch(/^0/);
  await page.close();
  await holdTheSame(phone, station);
});

test.for([
  { who: "a network's login page", code: "network_portal", ...PORTAL },
  { who: "somebody else's server", code: "station_not_ours", status: 404, headers: { "content-type": "text/html" }, body: "<h1>nginx</h1>" },
])("$who that answers for the station is named, and nothing counts as arrived", async ({ code, status, headers, body }, { stand }) => {
  const [phone, station] = [await stand.phone(), await stand.station()];
  await phone.enrol(await station.enrolCode(OFFICER));
  await nothingWaits(phone);
  await station.close();
  const other = await imposter(station.address, status, headers, body);
  await phone.record({ scene: scenes.car, matter: "PK01" });
  const page = await stand.open(phone, "/sync");
  await part(page, "sync-now").click();
  await page.locator(`[data-testid="error-line"][data-code="${code}"]`).waitFor();
  expect((await phone.waiting()).cases).toBe(1);

  await other.end();
  await station.open();
  // The phone may find it by itself just now: the button would then be another.
  await phone.call("sync_start", {});
  await nothingWaits(phone);
  await page.close();
  await holdTheSame(phone, station);
});

test("records whose reply was lost are at the station once, and count from its signature alone", async ({ stand }) => {
  const [phone, station] = [await stand.phone(), await stand.station()];
  const line = await losesFirstReply(station.address, /^\/v1\/logs\/.+\/ops$/);
  await phone.record({ scene: scenes.car, matter: "PK01", plate: "苏A8K3R7" });
  await phone.record({ scene: scenes.stall, matter: "ST01" });
  // The first push carries them.
  await phone.enrol(await station.enrolCode(OFFICER, line.address));
  const page = await stand.open(phone, "/sync");
  await nothingWaits(phone);
  expect(line.lost()).toBe(1);
  await expect.poll(() => part(page, "count-station-cases").innerText()).toMatch(/^2/);
  await page.close();
  await line.end();
  await holdTheSame(phone, station);
});

test("another station at the address of this one gets nothing", async ({ stand }) => {
  const [phone, station] = [await stand.phone(), await stand.station()];
  await phone.enrol(await station.enrolCode(OFFICER));
  await nothingWaits(phone);
  await station.close();
  const other = await stand.stationAt(station.address);
  await phone.record({ scene: scenes.car, matter: "PK01" });
  const page = await stand.open(phone, "/sync");
  await part(page, "sync-now").click();
  await part(page, "blocked-refused").waitFor();
  expect(["not_accepted", "station_key_mismatch"]).toContain((await phone.call("sync_status", {})).last_error?.code);
  expect((await phone.waiting()).cases).toBe(1);
  expect(await other.digest()).toBe("");
});

test("a phone reported lost at the station is told so, and keeps on recording", async ({ stand }) => {
  const [phone, station] = [await stand.phone(), await stand.station()];
  await phone.enrol(await station.enrolCode(OFFICER));
  await nothingWaits(phone);
  const [device] = JSON.parse(await station.ask("device list", "--json")) as { device: string }[];
  await station.ask("device lost", device?.device ?? "");
  const page = await stand.open(phone);
  await begin(page, "PK01");
  await shoot(page);
  await save(page);
  await goTo(page, "/sync");
  await part(page, "sync-now").click();
  await part(page, "blocked-refused").waitFor();
  expect((await phone.waiting()).cases).toBe(1);
  // The way that is left: one sealed file, carried over by hand.
  await goTo(page, "/me");
  await part(page, "export-all").click();
  await expect.poll(async () => (await phone.call("export_state", {})).last?.path ?? "", { timeout: 20_000 }).not.toBe("");
  const { last } = await phone.call("export_state", {});
  await page.close();
  await station.ask("log import", last?.path ?? "");
  await holdTheSame(phone, station);
});
