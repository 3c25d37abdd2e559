// The stand itself: what it promises to notice, it notices.

import { expect } from "vitest";
import { faultsOf } from "./stand/look";
import { test } from "./stand/stand";

test("words in the console, a broken policy and a request to another machine are heard", async ({ stand }) => {
  const phone = await stand.phone();
  const glass = await stand.glass();
  const page = await glass.open(phone.url);
  await page.evaluate(() => {
    // eslint-disable-next-line no-console -- the very thing
    console.warn("a word");
    document.body.setAttribute("style", "color: red");
    new Image().src = "http://192.0.2.1/elsewhere.png";
  });
  await expect.poll(() => glass.heard.length).toBeGreaterThanOrEqual(3);
  const all = glass.heard.join("\n");
  for (const each of [/a word/, /style-src/, /img-src/]) expect(all).toMatch(each);
  glass.heard.length = 0;
});

test("what runs out of the page, is untranslated, foreign, small or faint is found", async ({ stand }) => {
  const page = await stand.open(await stand.phone(), "/today", { language: "en" });
  await page.locator("h1").first().waitFor({ state: "attached" });
  await page.evaluate(() => {
    const put = (tag: string, text: string, css: Partial<CSSStyleDeclaration>) => {
      const element = document.createElement(tag);
      element.textContent = text;
      Object.assign(element.style, css);
      document.querySelector("h1")?.before(element);
    };
    for (const label of document.querySelectorAll<HTMLElement>("nav a")) label.style.color = "rgb(200, 200, 200)";
    put("p", "capture.title", {});
    put("p", "没有翻译", {});
    put("p", "a word that is cut", { whiteSpace: "nowrap", width: "40px", overflow: "hidden" });
    put("button", "ok", { width: "30px", height: "30px", padding: "0" });
  });
  const faults = (await faultsOf(page, "en")).join("\n");
  for (const each of [/a key instead/, /Han in English/, /cut off/, /too small for a thumb/, /axe: color-contrast/]) expect(faults).toMatch(each);
  await page.evaluate(() => {
    const wide = document.createElement("p");
    document.body.prepend(wide);
    wide.textContent = "wide";
    wide.style.width = "900px";
  });
  expect((await faultsOf(page, "en")).join("\n")).toMatch(/too wide/);
});
