// Every screen, photographed and looked at: in both languages, in each light, with large text, at each size. Without a
// folder to put them in (`cargo xtask pictures` names one) it takes the two sets that say most and keeps none.

import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { expect } from "vitest";
import { liveHalfADay, names, screens, type Screen, type Whose } from "./screens";
import type { Looks } from "./stand/browser";
import { faultsOf } from "./stand/look";
import type { Phone } from "./stand/phone";
import { test, type Stand } from "./stand/stand";

const folder = process.env["XUNGE_PICTURES"];
/** Of the sets, those whose name fits. */
const wanted = new RegExp(process.env["XUNGE_PICTURE_SETS"] ?? "");
const languages = ["zh", "en"] as const;
const lights = {
  light: { theme: "light", text: "m" },
  dark: { theme: "dark", text: "m" },
  outdoor: { theme: "outdoor", text: "m" },
  xl: { theme: "light", text: "xl" },
} as const;
const sizes = [
  [360, 640],
  [390, 844],
  [768, 1024],
] as const;

interface PictureSet extends Partial<Looks> {
  name: string;
  language: "zh" | "en";
  dress: { theme: string; text: string };
}

const all: PictureSet[] = languages.flatMap((language) =>
  Object.entries(lights).flatMap(([light, dress]) =>
    sizes.map(([width, height]) => ({ name: `${language}-${light}-${width}x${height}`, language, dress, width, height })),
  ),
);
const smallest = all.filter(({ name }) => /^(zh|en)-light-360x640$/.test(name));

async function phonesOf(stand: Stand): Promise<Record<Whose, Phone>> {
  const [fresh, busy, station] = [await stand.phone(), await stand.phone(), await stand.station()];
  await liveHalfADay(busy, station);
  return { new: fresh, busy };
}

/** Waits until nothing moves and every photo is painted. */
async function stillness(page: Page): Promise<void> {
  await page.evaluate(async () => {
    await document.fonts.ready;
    await Promise.all(document.getAnimations().map((one) => one.finished.catch(() => undefined)));
    await Promise.allSettled([...document.images].map((image) => image.decode()));
    await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
  });
}

/** Goes to a screen's face. One that cannot be reached is a fault of its own and does not hide the others. */
async function reached(page: Page, screen: Screen): Promise<string[] | null> {
  try {
    await screen.then?.(page);
    await page.locator(`[data-testid="${screen.until}"]`).first().waitFor();
    await stillness(page);
    return null;
  } catch (error) {
    return [`cannot be reached: ${error instanceof Error ? (error.message.split("\n")[0] ?? "") : String(error)}`];
  }
}

/** All pictures of a set on one page, and that page as a picture. */
async function contactSheet(page: Page, set: PictureSet, pictures: readonly { name: string; png: Buffer }[], to: string): Promise<void> {
  const cells = pictures.map(({ name }) => `<figure><img src="${set.name}/${name}.png" alt="${name}" width="${set.width ?? 0}"><figcaption>${name}</figcaption></figure>`);
  const html = (body: string) =>
    `<!doctype html><meta charset="utf-8"><title>${set.name}</title><style>body{font:14px sans-serif;margin:16px;display:flex;flex-wrap:wrap;gap:16px}figure{margin:0}img{display:block;border:1px solid #888}</style>${body}`;
  writeFileSync(join(to, `${set.name}.html`), html(cells.join("")));
  await page.setViewportSize({ width: 16 + 4 * ((set.width ?? 0) + 18), height: 800 });
  const inline = pictures.map(({ name, png }) => `<figure><img src="data:image/png;base64,${png.toString("base64")}" width="${set.width ?? 0}"><figcaption>${name}</figcaption></figure>`);
  await page.setContent(html(inline.join("")));
  await page.screenshot({ path: join(to, `${set.name}.png`), fullPage: true });
}

// One after the other over the same two phones: their day is made once.
test(
  "every screen stands whole in both languages, in every light and at every size",
  async ({ stand }) => {
    const phones = await phonesOf(stand);
    const faults: string[] = [];
    for (const set of folder ? all.filter(({ name }) => wanted.test(name)) : smallest) {
      // The host keeps how the screens look, and a page follows it.
      for (const phone of Object.values(phones)) {
        const kept = await phone.call("preference_read", {});
        await phone.call("preference_write", { ...kept, theme: set.dress.theme, text_size: set.dress.text });
      }
      const glass = await stand.glass(set);
      const pictures: { name: string; png: Buffer }[] = [];
      for (const screen of screens) {
        const page = await glass.open(phones[screen.phone].at(screen.route));
        const found = (await reached(page, screen)) ?? (await faultsOf(page, set.language, names));
        faults.push(...found.map((fault) => `${set.name} ${screen.name}: ${fault}`));
        pictures.push({ name: screen.name, png: await page.screenshot() });
        await page.close();
        if (screen.refuses) await glass.forget(screen.refuses);
      }
      if (folder) {
        mkdirSync(join(folder, set.name), { recursive: true });
        for (const { name, png } of pictures) writeFileSync(join(folder, set.name, `${name}.png`), png);
        const sheet = await stand.blankPage();
        await contactSheet(sheet, set, pictures, folder);
        await sheet.close();
      }
      await glass.end();
    }
    if (folder) writeFileSync(join(folder, "faults.txt"), faults.join("\n"));
    expect(faults).toEqual([]);
  },
  folder ? 30 * 60_000 : 5 * 60_000,
);
