// The map's arithmetic: degrees to px and back, metres, the scale bar, and pins that stand together.

import { groupPins } from "@xunge/shared/map/cluster";
import { clampZoom, cornersOf, fromScreen, MAX_ZOOM, metresBetween, metresPerPx, MIN_ZOOM, moved, scaleOf, toScreen } from "@xunge/shared/map/plane";
import { describe, expect, it } from "vitest";

const liuye = { lat: 32.34125, lon: 118.84033 };
const view = { middle: liuye, zoom: 17, width: 390, height: 600 };

describe("the plane", () => {
  it("leads from degrees to the screen and back to a centimetre", () => {
    for (const [x, y] of [[0, 0], [390, 600], [195, 300], [12.5, 588]] as const) {
      const [backX, backY] = toScreen(view, fromScreen(view, x, y));
      expect(backX).toBeCloseTo(x, 4);
      expect(backY).toBeCloseTo(y, 4);
    }
  });

  it("has north up and east to the right", () => {
    const [x, y] = toScreen(view, moved(liuye, 50, 50));
    expect(x).toBeGreaterThan(195);
    expect(y).toBeLessThan(300);
  });

  it("agrees with itself about a hundred metres", () => {
    const there = moved(liuye, 60, 80);
    expect(metresBetween(liuye, there)).toBeCloseTo(100, 1);
    const [x, y] = toScreen(view, there);
    expect(Math.hypot(x - 195, y - 300) * metresPerPx(view)).toBeCloseTo(100, 0);
  });

  it("gives corners with south below north, a rim further out", () => {
    const [southWest, northEast] = cornersOf(view, 0);
    const [wider] = cornersOf(view, 100);
    expect(southWest.lat).toBeLessThan(northEast.lat);
    expect(southWest.lon).toBeLessThan(northEast.lon);
    expect(wider.lat).toBeLessThan(southWest.lat);
  });

  it("keeps the zoom where there is something to see", () => {
    expect(clampZoom(3)).toBe(MIN_ZOOM);
    expect(clampZoom(99)).toBe(MAX_ZOOM);
  });
});

describe("the scale bar", () => {
  it.each([12, 14.3, 16, 17.5, 20])("is a round length that fits at zoom %d", (zoom) => {
    const { metres, px } = scaleOf({ ...view, zoom }, 72);
    expect(String(metres)).toMatch(/^[125]0*$/);
    expect(px).toBeLessThanOrEqual(72);
    expect(px).toBeGreaterThan(72 / 2.6);
  });
});

describe("pins", () => {
  const pin = (id: string, east: number) => ({ id, at: moved(liuye, east, 0) });

  it("on one spot become one with all of them, at any zoom", () => {
    const groups = groupPins([pin("a", 0), pin("b", 0), pin("c", 400)], MAX_ZOOM);
    expect(groups.map((group) => group.members.length).sort()).toEqual([1, 2]);
  });

  it("part when there is room between them, and none is lost on the way", () => {
    const pins = Array.from({ length: 200 }, (_, n) => pin(String(n), n * 3));
    const counts = [13, 16, 20].map((zoom) => groupPins(pins, zoom).length);
    expect(counts[0]).toBeLessThan(counts[1] ?? 0);
    expect(counts[1]).toBeLessThan(counts[2] ?? 0);
    for (const zoom of [13, 16, 20]) expect(groupPins(pins, zoom).flatMap((group) => group.members)).toHaveLength(200);
  });

  it("keep their company while the zoom hardly changes", () => {
    const pins = Array.from({ length: 50 }, (_, n) => pin(String(n), n * 9));
    const keys = (zoom: number) => groupPins(pins, zoom).map((group) => group.key);
    expect(keys(16.05)).toEqual(keys(15.95));
  });
});
