// What is asked of every picture: nothing runs out of the page or is cut off, no key stands where a sentence should, no
// Han in the English interface but what people and places are called, whatever can be pressed is large enough for a
// thumb, and axe finds nothing at WCAG 2.2 AA.

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type axe from "axe-core";
import type { Page } from "playwright-core";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];

/** The smallest side of anything that can be pressed, in CSS pixels: thumbs in gloves. */
const THUMB = 48;
/** What may be smaller, and why: a map's own credit line is text that links, not a control of ours. */
const SMALL: readonly string[] = [".maplibregl-ctrl-attrib a"];
/** Han that stays Han in English: what says of itself that it is Chinese, and plates. */
const HAN: readonly string[] = ['[lang^="zh"]', "svg.number-plate"];

/** What the page breaks of these rules, one line each; empty = well. `names` are called the same in both languages. */
export async function faultsOf(page: Page, language: "zh" | "en", names: readonly string[] = []): Promise<string[]> {
  const measured = await page.evaluate(measure, { english: language === "en", thumb: THUMB, small: [...SMALL], han: [...HAN], names: [...names] });
  return [...measured, ...(await axeFaults(page))];
}

async function axeFaults(page: Page): Promise<string[]> {
  await page.evaluate(AXE);
  const found = await page.evaluate(async (tags) => {
    const { axe: run } = window as unknown as { axe: typeof axe };
    const { violations } = await run.run(document, { runOnly: { type: "tag", values: tags }, resultTypes: ["violations"] });
    return violations.flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.target.join(" ")} (${node.any[0]?.message ?? node.failureSummary ?? ""})`));
  }, WCAG);
  return found.map((line) => `axe: ${line}`);
}

/** Runs in the page. */
function measure({ english, thumb, small, han, names }: { english: boolean; thumb: number; small: string[]; han: string[]; names: string[] }): string[] {
  const faults: string[] = [];
  const seen = (element: Element) => element.checkVisibility({ opacityProperty: true, visibilityProperty: true });
  const name = (element: Element) => {
    const id = element.closest("[data-testid]")?.getAttribute("data-testid");
    const kind = element.getAttribute("class")?.split(" ")[0];
    return `${element.tagName.toLowerCase()}${kind ? `.${kind}` : ""}${id ? ` in ${id}` : ""}`;
  };
  /** For eyes that do not see: one pixel large, off the page. */
  const spokenOnly = (element: Element) => Boolean(element.closest(".sr"));
  const scrolls = (element: Element, axis: "overflowX" | "overflowY") => ["auto", "scroll"].includes(getComputedStyle(element)[axis]);
  const isIn = (element: Element, axis: "overflowX" | "overflowY") => {
    for (let one: Element | null = element; one; one = one.parentElement) if (scrolls(one, axis)) return true;
    return false;
  };
  /** Shown to go on by three dots, and held within its box. */
  const isShortened = (element: Element) => getComputedStyle(element).textOverflow === "ellipsis" && getComputedStyle(element).overflowX === "hidden";

  const root = document.documentElement;
  if (root.scrollWidth > root.clientWidth) faults.push(`the page is ${root.scrollWidth - root.clientWidth} px too wide`);

  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const text = node.textContent?.trim() ?? "";
    const parent = node.parentElement;
    if (!text || !parent || !seen(parent) || spokenOnly(parent) || ["SCRIPT", "STYLE", "OPTION"].includes(parent.tagName)) continue;
    const said = `「${text.slice(0, 30)}」 ${name(parent)}`;
    if (/^[a-z][a-z0-9_]*(\.[a-z0-9_]+)+$/.test(text)) faults.push(`a key instead of a sentence: ${said}`);
    if (/undefined|NaN|\[object|\{[a-z_]+\}/.test(text)) faults.push(`something that is no word: ${said}`);
    // A plate is written as it is, in every language.
    const plate = /\p{Script=Han}[A-Z]·?[A-Z0-9]{5,6}/gu;
    const unnamed = names.reduce((rest, one) => rest.replaceAll(one, ""), text.replace(plate, ""));
    if (english && /\p{Script=Han}/u.test(unnamed) && !han.some((one) => parent.closest(one))) faults.push(`Han in English: ${said}`);

    const range = document.createRange();
    range.selectNodeContents(node);
    const box = range.getBoundingClientRect();
    if ((box.right > root.clientWidth + 1 || box.left < -1) && !isIn(parent, "overflowX") && !isShortened(parent)) faults.push(`runs out of the page: ${said}`);
    // The nearest box that has edges of its own.
    let holder: Element = parent;
    while (getComputedStyle(holder).display.startsWith("inline") && holder.parentElement && !(holder instanceof HTMLButtonElement)) holder = holder.parentElement;
    const style = getComputedStyle(holder);
    const cuts = ["hidden", "clip"].includes(style.overflowX) && holder.scrollWidth > holder.clientWidth + 1;
    const cutsBelow = ["hidden", "clip"].includes(style.overflowY) && holder.scrollHeight > holder.clientHeight + 2;
    // What shows that it goes on, and is whole elsewhere (a title, a page of its own), may be cut.
    if ((cuts && style.textOverflow !== "ellipsis") || (cutsBelow && style.webkitLineClamp === "none" && style.textOverflow !== "ellipsis")) faults.push(`cut off: ${said}`);
    const edges = holder.getBoundingClientRect();
    const out = box.right > edges.right + 2 || box.left < edges.left - 2;
    if (out && !cuts && !scrolls(holder, "overflowX") && !(holder instanceof SVGElement)) faults.push(`runs out of its box: ${said}`);
  }

  const pressed = "button, a[href], input:not([type=hidden]):not([type=file]), select, textarea, summary, [role=button], [role=tab], [role=radio], [role=switch], [role=checkbox], [role=option]";
  for (const element of document.querySelectorAll(pressed)) {
    if (!seen(element) || small.some((one) => element.closest(one))) continue;
    // A field is pressed by its label as well.
    const label = element instanceof HTMLInputElement ? (element.labels?.[0] ?? element) : element;
    if (spokenOnly(label)) continue;
    const boxes = [element, label].map((one) => one.getBoundingClientRect());
    const large = boxes.some((box) => box.width >= thumb - 0.5 && box.height >= thumb - 0.5);
    const [box] = boxes;
    if (!large && box && box.width > 0) {
      const words = element.getAttribute("aria-label") ?? element.textContent?.trim().slice(0, 20) ?? "";
      faults.push(`too small for a thumb: ${name(element)} 「${words}」 ${Math.round(box.width)}×${Math.round(box.height)}`);
    }
  }
  return faults;
}
