// What officers and other people's software hand in: each refusal has its sentence in both languages, and nothing that
// was typed or shot before is lost.

import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "vitest";
import { begin, confirm, goTo, part, save, scenes, shoot, typePlate } from "./stand/hand";
import { test } from "./stand/stand";

const HEIC = Buffer.from("\0\0\0\x18ftypheic\0\0\0\0mif1heic", "latin1");
const JPEG_HEAD = Buffer.from([0xff, 0xd8, 0xff, 0xe0, 0x00, 0x10, 0x4a, 0x46, 0x49, 0x46, 0x00, 0x01]);
const FILES = [
  { code: "photo_empty", name: "IMG_0001.jpg", buffer: Buffer.alloc(0) },
  { code: "photo_truncated", name: "IMG_0002.jpg", buffer: JPEG_HEAD },
  { code: "photo_not_image", name: "账单.pdf", buffer: Buffer.from("%PDF-1.7 no picture at all") },
  { code: "photo_heic", name: "IMG_0003.HEIC", buffer: HEIC },
];

test.for([{ language: "zh" }, { language: "en" }] as const)("files that are no photo are refused in words, and what was shot and typed stays ($language)", async ({ language }, { stand }) => {
  const phone = await stand.phone();
  // No camera: pictures are chosen from what the phone has.
  const glass = await stand.glass({ language, permissions: [] });
  const page = await glass.open(phone.url);
  await begin(page, "PK01");
  await part(page, `demo-photo-${scenes.car}`).click();
  await part(page, "shoot-count").waitFor();
  await confirm(page);
  await part(page, "note-input").fill("先写的");
  await part(page, "shoot-more").click();
  const files = FILES.map(({ name, buffer }) => ({ name, buffer, mimeType: "image/jpeg" }));
  await part(page, "photo-input").setInputFiles(files);
  for (const { code } of FILES) {
    const line = page.locator(`[data-testid="error-line"][data-code="${code}"]`);
    await line.waitFor();
    expect(/\p{Script=Han}/u.test(await line.innerText())).toBe(language === "zh");
  }
  await confirm(page);
  expect(await part(page, "draft-photo").count()).toBe(1);
  expect(await part(page, "note-input").inputValue()).toBe("先写的");
  await glass.forget(/^refused: draft_(add_photo|finish_shot) photo_/);
});

test("a note with emoji and more than 2,000 characters is kept as typed, and saved once it is short enough", async ({ stand }) => {
  const phone = await stand.phone();
  const page = await stand.open(phone);
  await begin(page, "PK01");
  await shoot(page);
  await confirm(page);
  const fits = "👨‍👩‍👧占道🍉".repeat(10);
  const long = fits + "长".repeat(2_000);
  await part(page, "note-input").fill(long);
  await expect.poll(() => part(page, "save").isDisabled()).toBe(true);
  expect(await part(page, "note-input").inputValue()).toBe(long);
  await part(page, "note-input").fill(fits);
  await save(page);
});

test("changing the language in the middle of a case loses nothing that was typed", async ({ stand }) => {
  const phone = await stand.phone();
  const page = await stand.open(phone);
  await begin(page, "PK01");
  await shoot(page);
  await confirm(page);
  await typePlate(page, "苏A8K3R7");
  await part(page, "note-input").fill("压盲道停放");
  await part(page, "bar-back").click();
  await goTo(page, "/settings");
  await part(page, "language-en").click();
  await expect.poll(() => page.locator("html").getAttribute("lang")).toBe("en");
  await goTo(page, "/today");
  await part(page, "draft-go-on").click();
  expect((await phone.call("draft_read", {})).plate_typed).toBe("苏A8K3R7");
  expect(await part(page, "note-input").inputValue()).toBe("压盲道停放");
  expect(await part(page, "draft-photo").count()).toBe(1);
});

test("a catalogue that this app is too old for is refused in words, and recording goes on by the shipped one", async ({ stand }) => {
  const phone = await stand.phone();
  await phone.switchOff();
  mkdirSync(join(phone.data, "packs"), { recursive: true });
  writeFileSync(join(phone.data, "packs", "catalogue.toml"), 'schema = 99\nversion = "2099.1.1"\n');
  await phone.switchOn();
  const page = await stand.open(phone, "/today");
  await page.locator('[data-testid="error-line"][data-code="pack_newer"]').waitFor();
  await begin(page, "PK01");
  await shoot(page);
  await save(page);
  expect((await phone.waiting()).cases).toBe(1);
});
