// What the phone's own parts refuse: a camera that another program holds, one that may not be used, a receiver that may not.
// Each has its sentence in both languages that says what to do, and none of them keeps a case from being saved.

import type { Page } from "playwright-core";
import { expect } from "vitest";
import { begin, part, save, scenes, shoot } from "./stand/hand";
import { test } from "./stand/stand";

declare global {
  interface Window {
    isCameraFree?: boolean;
  }
}

/** As a browser says it when another program has the camera (W3C Media Capture and Streams, 10.2.1). */
function cameraIsTaken(page: Page): void {
  void page.addInitScript(() => {
    const { mediaDevices } = navigator;
    const open = mediaDevices.getUserMedia.bind(mediaDevices);
    mediaDevices.getUserMedia = (wished) =>
      window.isCameraFree ? open(wished) : Promise.reject(new DOMException("Could not start video source", "NotReadableError"));
  });
}

const languages = [
  { language: "zh", busy: "关掉它", denied: "系统设置", place: "没有准许用位置" },
  { language: "en", busy: "Close", denied: "settings", place: "No place allowed" },
] as const;

test.for(languages)("a camera that another program holds is said to be, a photo may be chosen, and once it is free one tap opens it ($language)", async (words, { stand }) => {
  const phone = await stand.phone();
  const glass = await stand.glass({ language: words.language });
  const page = await glass.open(phone.at("/today"), cameraIsTaken);
  await begin(page, "PK01");
  const said = page.locator('[data-testid="camera-state"][data-state="busy"]');
  await said.waitFor();
  expect(await said.innerText()).toContain(words.busy);
  await part(page, `demo-photo-${scenes.car}`).click();
  await expect.poll(() => part(page, "shoot-count").innerText()).toBe("1");
  await page.evaluate(() => { window.isCameraFree = true; });
  await part(page, "camera-again").click();
  await shoot(page);
  await save(page);
  const { rows } = await phone.call("case_list", { before: null, limit: 5 });
  expect(rows).toHaveLength(1);
});

test.for(languages)("a camera and a receiver that may not be used are said to be, and the case is saved without a place ($language)", async (words, { stand }) => {
  const phone = await stand.phone();
  const page = await stand.open(phone, "/today", { language: words.language, permissions: [] });
  await begin(page, "PK01");
  const said = page.locator('[data-testid="camera-state"][data-state="denied"]');
  await said.waitFor();
  expect(await said.innerText()).toContain(words.denied);
  await page.getByText(words.place).waitFor();
  await part(page, `demo-photo-${scenes.car}`).click();
  await expect.poll(() => part(page, "shoot-count").innerText()).toBe("1");
  await save(page);
  expect((await phone.waiting()).cases).toBe(1);
});
