// How long an officer waits, measured in the page itself from the finger's touch to what is painted. `cargo xtask bench`
// asks for the full size; without it everything is only seen to work.

import type { Page } from "playwright-core";
import { expect } from "vitest";
import { begin, part, scenes } from "./stand/hand";
import { isMeasuring, note } from "./stand/note";
import { test } from "./stand/stand";

const CASES = isMeasuring ? 40 : 2;
/** A folder with 100,000 recorded cases, made by the bench. */
const many = process.env["XUNGE_100K"];

test("from the shutter to the photo on disk and from the tap on save to the word that it is saved", { timeout: 600_000 }, async ({ stand }) => {
  const page = await stand.open(await stand.phone(), "/today");
  const waits: number[] = [];
  for (let each = 0; each < CASES; each += 1) {
    await begin(page, "PK01");
    await part(page, "shutter").waitFor();
    const shot = await waited(page, "shutter", "shoot-count");
    const saved = await waited(page, "save", "saved-line");
    waits.push(shot + saved);
  }
  note("shutter_saved", waits.slice(1));
  expect(waits.every((wait) => wait > 0)).toBe(true);
});

/** Taps one part and waits until another is painted: ms by the page's clock. */
function waited(page: Page, tapped: string, painted: string): Promise<number> {
  return page.evaluate(
    ({ tapped, painted }) =>
      new Promise<number>((resolve, reject) => {
        const find = (name: string) => document.querySelector<HTMLElement>(`[data-testid="${name}"]`);
        const begun = performance.now();
        const look = () => {
          if (find(painted)) requestAnimationFrame(() => resolve(performance.now() - begun));
          else if (performance.now() - begun > 20_000) reject(new Error(`${painted} never came`));
          else setTimeout(look, 1);
        };
        const button = find(tapped);
        if (!button) throw new Error(`${tapped} is not there`);
        button.click();
        look();
      }),
    { tapped, painted },
  );
}

test.runIf(many)("a list of 100,000 records scrolls", { timeout: 300_000 }, async ({ stand }) => {
  const phone = await stand.phone({ data: many ?? "" });
  // The bench's memory names photos and holds no bytes of them: every row gets the same thumbnail, made by another phone,
  // which has to be decoded and drawn as its own would have.
  const other = await stand.phone();
  await other.record({ scene: scenes.car, matter: "PK01" });
  const { rows } = await other.call("case_list", { before: null, limit: 1 });
  const thumbnail = await fetch(`${other.url}photo/${rows[0]?.photos[0]?.sha256 ?? ""}`);
  const picture = Buffer.from(await thumbnail.arrayBuffer());
  const glass = await stand.glass();
  const page = await glass.open(phone.at("/records"), (page) => {
    void page.route("**/photo/**", (route) => route.fulfill({ contentType: "image/jpeg", body: picture }));
  });
  await part(page, "case-row").first().waitFor();
  const frames = await page.evaluate(async () => {
    const list = document.querySelector<HTMLElement>('[data-testid="records-list"]');
    if (!list) throw new Error("no list");
    const times: number[] = [];
    let last = await new Promise<number>(requestAnimationFrame);
    // Four seconds of a hard flick, then jumps of a thousand rows as by the scroll bar's handle.
    for (let frame = 0; frame < 360; frame += 1) {
      list.scrollTop += frame < 240 ? 180 : 84_000;
      const now = await new Promise<number>(requestAnimationFrame);
      times.push(now - last);
      last = now;
    }
    return times;
  });
  expect(await part(page, "case-row").count()).toBeGreaterThan(3);
  note("scroll_100k", frames);
});
