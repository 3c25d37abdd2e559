// The first start, the enrolment with everything that can go wrong in it, and the officer's hand on the sync.

import { expect } from "vitest";
import { imposter, losesFirstReply, PORTAL } from "./stand/between";
import { part, scenes, settled } from "./stand/hand";
import { freePort } from "./stand/program";
import { test } from "./stand/stand";
import { STATION } from "./stand/station";

const OFFICER = { number: "0417", name: "林晓" };
const NOTHING = { cases: 0, photos: 0, bytes: 0 };
/** What an officer would tap again; a refusal on the way there is the point of these flows. */
const REFUSED = /^refused: enrol /;

test("a phone out of its box says in one screen what it does, and lets work begin without a station", async ({ stand }) => {
  const phone = await stand.phone({ isNew: true });
  const page = await stand.open(phone);
  await part(page, "enrol-code").waitFor();
  await part(page, "language-en").click();
  await page.getByRole("heading", { name: "Start with Xunge" }).waitFor();
  await part(page, "language-zh").click();
  await part(page, "enrol-leave").click();
  await expect.poll(() => page.url()).not.toContain("enrol");
  await settled(phone, "/today");
  await page.close();
  await phone.kill();
  await phone.switchOn();
  const again = await stand.open(phone);
  await part(again, "tab-today").waitFor();
  expect(again.url()).not.toContain("enrol");
});

test("each refusal of a code has its sentence, keeps what was typed, and the right code works behind all of them", async ({ stand }) => {
  const [phone, station] = [await stand.phone(), await stand.station()];
  const code = await station.enrolCode(OFFICER);
  const [, key = ""] = /\.([0-9a-f]{64})/.exec(code) ?? [];
  const glass = await stand.glass();
  const page = await glass.open(`${phone.url}#/enrol`);
  const tryCode = async (typed: string, refusal: string) => {
    await part(page, "enrol-code").fill(typed);
    await part(page, "enrol-submit").click();
    await page.locator(`[data-testid="error-line"][data-code="${refusal}"]`).waitFor();
    expect(await part(page, "enrol-code").inputValue()).toBe(typed);
  };
  await tryCode(code.trim().slice(0, -1), "enrol_code_malformed");
  await tryCode(code.trim().replace(/#[^.]+/, "#AAAAAAAAAA"), "enrol_code_unknown");
  await tryCode(code.trim().replace("http://127.0.0.1", "http://192.0.2.1"), "enrol_code_malformed");
  await station.close();
  await tryCode(code.trim(), "station_unreachable");
  const portal = await imposter(station.address, PORTAL.status, PORTAL.headers, PORTAL.body);
  await tryCode(code.trim(), "network_portal");
  await portal.end();
  await station.open();
  await part(page, "enrol-submit").click();
  await part(page, "enrolled").waitFor();
  expect(await part(page, "enrolled").innerText()).toContain(STATION);
  const shown = await part(page, "station-key").innerText();
  expect(shown.replace(/\s+/g, "")).toContain(key);
  await glass.forget(REFUSED);
});

test("a station that signs with another key than the code names is not joined", async ({ stand }) => {
  const [phone, station] = [await stand.phone(), await stand.station()];
  const code = (await station.enrolCode(OFFICER)).trim().replace(/[0-9a-f]{64}$/, "0".repeat(64));
  const glass = await stand.glass();
  const page = await glass.open(`${phone.url}#/enrol`);
  await part(page, "enrol-code").fill(code);
  await part(page, "enrol-submit").click();
  await page.locator('[data-testid="error-line"][data-code="station_key_mismatch"]').waitFor();
  expect((await phone.call("app_state", {})).station).toBeNull();
  await glass.forget(REFUSED);
});

test("a station that shows another certificate than the code names hears nothing of the phone", async ({ stand }) => {
  const [phone, station] = [await stand.phone(), await stand.sealedStation()];
  const code = await station.enrolCode(OFFICER);
  await station.close();
  const other = await stand.sealedStation(station.address);
  const glass = await stand.glass();
  const page = await glass.open(`${phone.url}#/enrol`);
  await part(page, "enrol-code").fill(code);
  await part(page, "enrol-submit").click();
  await page.locator('[data-testid="error-line"][data-code="station_certificate_wrong"]').waitFor();
  expect(await part(page, "enrol-code").inputValue()).toBe(code);
  expect(JSON.parse(await other.ask("device list", "--json"))).toEqual([]);
  await other.close();
  await station.open();
  await part(page, "enrol-submit").click();
  await part(page, "enrolled").waitFor();
  await glass.forget(REFUSED);
});

test("a reply that was lost costs nothing: the same code joins at the next try", async ({ stand }) => {
  const [phone, station] = [await stand.phone(), await stand.station()];
  const line = await losesFirstReply(station.address, /^\/v1\/enrol$/);
  const glass = await stand.glass();
  const page = await glass.open(`${phone.url}#/enrol`);
  await part(page, "enrol-code").fill(await station.enrolCode(OFFICER, line.address));
  await part(page, "enrol-submit").click();
  await page.locator('[data-testid="error-line"][data-code="station_unreachable"]').waitFor();
  expect(line.lost()).toBe(1);
  await part(page, "enrol-submit").click();
  await part(page, "enrolled").waitFor();
  await page.close();
  await glass.forget(REFUSED);
  await line.end();
});

test("a station of another version is named, and nothing is sent to it", async ({ stand }) => {
  const phone = await stand.phone();
  const port = await freePort();
  const other = await imposter(`127.0.0.1:${port}`, 200, { "xunge-protocol": "9", "content-type": "application/json" }, "{}");
  const glass = await stand.glass();
  const page = await glass.open(`${phone.url}#/enrol`);
  await part(page, "enrol-code").fill(`http://127.0.0.1:${port}/enrol#AAAAAAAAAA.${"0".repeat(64)}`);
  await part(page, "enrol-submit").click();
  await page.locator('[data-testid="error-line"][data-code="station_other_version"]').waitFor();
  await glass.forget(REFUSED);
  await other.end();
});

test("a pause stops in the middle of an original, and going on brings the rest, once", { timeout: 240_000 }, async ({ stand }) => {
  const [phone, station] = [await stand.phone(), await stand.station()];
  // Slow enough that one scene takes longer than a pause may.
  const line = await station.badLine(20_000, 1_000_000_000);
  await phone.enrol(await station.enrolCode(OFFICER, line));
  await phone.record({ scene: scenes.car, matter: "PK01" });
  await phone.record({ scene: scenes.stall, matter: "ST01" });
  const page = await stand.open(phone, "/sync");
  await page.locator(".segment.under_way").first().waitFor();
  const before = Date.now();
  await part(page, "sync-pause").click();
  await page.locator('[data-testid="sync-phase"][data-phase="paused"]').waitFor();
  expect(Date.now() - before).toBeLessThan(4_000);
  expect((await phone.waiting()).photos).toBe(2);
  await part(page, "sync-resume").click();
  await expect.poll(() => phone.waiting(), { timeout: 200_000 }).toEqual(NOTHING);
  await page.close();
  await phone.switchOff();
  expect(await phone.digest()).toBe(await station.digest());
});

test("on a network that costs, records go and originals wait, until the officer says now", async ({ stand }) => {
  const [phone, station] = [await stand.phone(), await stand.station()];
  await phone.enrol(await station.enrolCode(OFFICER));
  const page = await stand.open(phone, "/sync");
  await part(page, "only-unmetered").click();
  await page.locator('[data-testid="only-unmetered"][aria-checked="true"]').waitFor();
  await phone.call("host_network", { kind: "metered" });
  await settled(phone, "/sync");
  await phone.record({ scene: scenes.car, matter: "PK01" });
  await page.locator('[data-testid="sync-phase"][data-phase="held"]').waitFor();
  expect(await phone.waiting()).toMatchObject({ cases: 1, photos: 1 });
  await expect.poll(() => part(page, "waiting-row").innerText()).toContain("记录已到站");
  await part(page, "sync-now").click();
  await expect.poll(() => phone.waiting()).toEqual(NOTHING);

  await part(page, "to-receipts").click();
  await part(page, "receipt").nth(1).waitFor();
  expect(await page.locator('[data-testid="receipt"][data-kind="photo"]').count()).toBe(1);
  await page.goBack();
  await part(page, "audit").click();
  await expect.poll(() => part(page, "audit-say").innerText()).toMatch(/站里和手机一样/);
  await part(page, "clock").and(page.locator('[data-say="right"]')).waitFor();
});
