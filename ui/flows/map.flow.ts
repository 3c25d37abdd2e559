// The map's way of the shift, on both grounds: the drawn map and the plan of a webview without WebGL 2.

import type { Page } from "playwright-core";
import { expect } from "vitest";
import { part } from "./stand/hand";
import type { Phone } from "./stand/phone";
import { test } from "./stand/stand";

/** The middle of the invented district; a metre north is 90 of these units. */
const START = { lat_e7: 323_412_586, lon_e7: 1_188_403_172 };
const A_METRE = 90;

/** A minute's walk north with a jump of three kilometres in its middle, which nobody walks. */
async function walkWithJump(phone: Phone): Promise<void> {
  const now = Date.now();
  const points = Array.from({ length: 20 }, (_, step) => ({
    lat_e7: START.lat_e7 + step * 4 * A_METRE + (step < 10 ? 0 : 3_000 * A_METRE),
    lon_e7: START.lon_e7,
    accuracy_mm: 6_000,
    wall_ms: now - 58_000 + step * 3_000,
    is_mock: false,
  }));
  await phone.call("track_add", { points });
}

function withoutWebGl2(page: Page): void {
  void page.addInitScript(() => {
    const find = HTMLCanvasElement.prototype.getContext;
    HTMLCanvasElement.prototype.getContext = function (this: HTMLCanvasElement, kind: string, ...more: unknown[]) {
      return kind === "webgl2" ? null : Reflect.apply(find, this, [kind, ...more]);
    } as typeof find;
  });
}

for (const ground of ["map-ground", "map-plan"]) {
  test(`the way of the shift is drawn in pieces, grows, and can be put away (${ground})`, async ({ stand }) => {
    const phone = await stand.phone();
    await phone.call("shift_start", { grids: [] });
    await walkWithJump(phone);
    const glass = await stand.glass();
    const page = await glass.open(phone.at("/map"), ground === "map-plan" ? withoutWebGl2 : undefined);
    await part(page, ground).waitFor();
    const way = part(page, "map-track").locator("path").last();
    await way.waitFor({ state: "attached" });
    expect((await way.getAttribute("d"))?.match(/M/g)).toHaveLength(2);
    await part(page, "map-layers").click();
    await part(page, "layer-track").uncheck();
    await way.waitFor({ state: "detached" });
    await part(page, "layer-track").check();
    await way.waitFor({ state: "attached" });
    await phone.call("shift_end", {});
    const asked: string[] = [];
    page.on("request", (request) => asked.push(new URL(request.url()).pathname));
    const shift = page.waitForResponse(/shift_state/);
    const cases = page.waitForResponse(/map_cases/);
    await page.reload();
    expect(((await (await shift).json()) as { running: unknown }).running).toBeNull();
    await cases;
    // Nothing is asked for any more, so nothing can come.
    expect(asked).not.toContain("/api/shift_track");
    expect(await part(page, "map-track").count()).toBe(0);
  });
}
