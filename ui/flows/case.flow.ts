// What is done about a case that is recorded: put right, made void, seen by the officer it belongs to. Nothing that was
// recorded is changed by any of it.

import { expect } from "vitest";
import { begin, goTo, part, save, scenes, settled, shoot } from "./stand/hand";
import { test } from "./stand/stand";

const LIN = { number: "0417", name: "林晓" };
const ZHOU = { number: "0533", name: "周宁" };
const RIGHT = "苏A8K3R7";
const REASON = "车牌看错一位，对着近景改";

test("a mistake is put right with a reason that survives a kill, and the case is made void and stays", async ({ stand }) => {
  const phone = await stand.phone();
  await phone.record({ scene: scenes.car, matter: "PK01", plate: "苏A8K3R1", note: "压盲道" });
  const page = await stand.open(phone, "/records");
  await part(page, "case-row").click();
  await part(page, "case-more").click();
  await part(page, "act-amend").click();
  await part(page, "amend-plate").fill(RIGHT);
  await part(page, "field-quantity").fill("2");
  await part(page, "amend-street").selectOption("fangzhou");
  await part(page, "amend-pin").click();
  await part(page, "nudge-north").click();
  await part(page, "pick-use").click();
  await part(page, "amend-reason").fill(REASON);
  const id = new URL(page.url()).hash.replace("#/case/", "");
  const typed = async () => (await phone.call("case_read", { case_id: id })).typed.map((one) => one.fields.reason);
  await expect.poll(typed).toEqual([REASON]);
  await page.close();
  await phone.kill();
  await phone.switchOn();

  const again = await stand.open(phone, `/case/${id}`);
  await part(again, "case-more").click();
  await part(again, "act-amend").click();
  expect(await part(again, "amend-plate").inputValue()).toBe(RIGHT);
  expect(await part(again, "amend-reason").inputValue()).toBe(REASON);
  expect(await part(again, "field-quantity").inputValue()).toBe("2");
  expect(await part(again, "amend-street").inputValue()).toBe("fangzhou");
  await part(again, "amend-go").click();
  await part(again, "case-said").waitFor();
  expect(await part(again, "fact-form").innerText()).toBe("数量 2 张");
  expect(await part(again, "fact-place").innerText()).toContain("手动标定");
  await part(again, "case-void").click();
  await part(again, "cause-duplicate").check({ force: true });
  await part(again, "void-reason").fill("同一辆车记了两次");
  await part(again, "void-go").click();
  await expect.poll(() => part(again, "case-state").first().innerText()).toContain("作废");

  const after = await phone.call("case_read", { case_id: id });
  expect(after.typed).toEqual([]);
  expect([after.form, after.street, after.pin?.provider]).toEqual([{ quantity: 2 }, "fangzhou", "manual"]);
  expect([after.row.state, after.row.plate?.text, after.row.photos.length]).toEqual(["voided", RIGHT, 1]);
  expect(after.events.map((event) => event.kind)).toEqual(["opened", "amended", "voided"]);
});

test("two officers share a phone, and each record says whose it is, at the station too", async ({ stand }) => {
  const [phone, station] = [await stand.phone(), await stand.station()];
  await phone.enrol(await station.enrolCode(LIN));
  await phone.record({ scene: scenes.car, matter: "PK01" });
  const page = await stand.open(phone, "/me");
  await part(page, "lock").click();
  await part(page, "forgot").click();
  await part(page, "person-code").fill(await station.enrolCode(ZHOU));
  await part(page, "person-submit").click();
  await part(page, "tile-PK01").waitFor();
  await settled(phone, "/today");
  await phone.record({ scene: scenes.stall, matter: "ST01" });

  const { rows } = await phone.call("case_list", { before: null, limit: 10 });
  const whose = await Promise.all(
    rows.map(async (row) => (await phone.call("case_read", { case_id: row.case_id })).events[0]?.officer?.number),
  );
  expect(whose).toEqual([ZHOU.number, LIN.number]);
  await expect.poll(async () => (await phone.waiting()).cases, { timeout: 20_000 }).toBe(0);
  await page.close();
  await phone.switchOff();
  expect(await phone.digest()).toBe(await station.digest());
});

test("what one officer has begun is not the next one's to save: the sign-in says that it waits, and its owner finds it", async ({ stand }) => {
  const [phone, station] = [await stand.phone(), await stand.station()];
  await phone.enrol(await station.enrolCode(LIN));
  const page = await stand.open(phone, "/today");
  await begin(page, "PK01");
  await shoot(page);
  await goTo(page, "/me");
  await part(page, "lock").click();
  await part(page, "forgot").click();
  await part(page, "person-code").fill(await station.enrolCode(ZHOU));
  await part(page, "person-submit").click();
  await part(page, "tile-PK01").waitFor();
  expect(await part(page, "draft-go-on").count()).toBe(0);
  expect((await phone.call("draft_read", {})).photos).toEqual([]);
  await goTo(page, "/me");
  await part(page, "lock").click();
  const row = part(page, `officer-${LIN.number}`);
  expect(await row.innerText()).toContain("有 1 条没办完");
  await row.click();
  await part(page, "enter").click();
  await part(page, "draft-go-on").first().click();
  await part(page, "draft-photo").first().waitFor();
  expect(await part(page, "draft-photo").count()).toBe(1);
  await save(page);
  const { rows } = await phone.call("case_list", { before: null, limit: 10 });
  const read = await phone.call("case_read", { case_id: rows[0]?.case_id ?? "" });
  expect(read.events[0]?.officer?.number).toBe(LIN.number);
});
