// From degrees to the screen and back: the square of web maps (EPSG:3857), north always up. Why our own: pins lie over the
// drawn map and over the plan that stands in for it alike, and neither may know which of the two is below.

/** A point in degrees, WGS-84. */
export interface Point {
  lat: number;
  lon: number;
}

/** What is seen: the middle, the zoom (one world is 512 · 2^zoom px wide) and the size in px. */
export interface MapView {
  middle: Point;
  zoom: number;
  width: number;
  height: number;
}

export const MIN_ZOOM = 12;
export const MAX_ZOOM = 20;
const WORLD_PX = 512;
const EQUATOR_M = 40_075_016.686;

const sideOf = (zoom: number): number => WORLD_PX * 2 ** zoom;

/** From 0 to 1, x from west to east, y from north to south. */
function square({ lat, lon }: Point): [number, number] {
  const sine = Math.sin((lat * Math.PI) / 180);
  return [lon / 360 + 0.5, 0.5 - Math.log((1 + sine) / (1 - sine)) / (4 * Math.PI)];
}

/** Where a point lies on the whole world of a zoom, in px. */
export function worldPx(point: Point, zoom: number): [number, number] {
  const [x, y] = square(point);
  return [x * sideOf(zoom), y * sideOf(zoom)];
}

/** Where a point lies on the screen, in px from its upper left corner. */
export function toScreen(view: MapView, point: Point): [number, number] {
  const [x, y] = worldPx(point, view.zoom);
  const [middleX, middleY] = worldPx(view.middle, view.zoom);
  return [x - middleX + view.width / 2, y - middleY + view.height / 2];
}

/** Which point lies at a place of the screen. */
export function fromScreen(view: MapView, x: number, y: number): Point {
  const [middleX, middleY] = worldPx(view.middle, view.zoom);
  const side = sideOf(view.zoom);
  const lon = ((x - view.width / 2 + middleX) / side - 0.5) * 360;
  const turn = 0.5 - (y - view.height / 2 + middleY) / side;
  return { lon, lat: 90 - (360 * Math.atan(Math.exp(-turn * 2 * Math.PI))) / Math.PI };
}

/** How many metres a px is, in the middle of the screen. */
export function metresPerPx(view: MapView): number {
  return (EQUATOR_M * Math.cos((view.middle.lat * Math.PI) / 180)) / sideOf(view.zoom);
}

/** The view whose middle lies so many metres east and north of this one's. */
export function moved(point: Point, eastM: number, northM: number): Point {
  const perDegree = EQUATOR_M / 360;
  return { lat: point.lat + northM / perDegree, lon: point.lon + eastM / (perDegree * Math.cos((point.lat * Math.PI) / 180)) };
}

/** Metres between two points that are near each other. */
export function metresBetween(a: Point, b: Point): number {
  const perDegree = EQUATOR_M / 360;
  const east = (a.lon - b.lon) * perDegree * Math.cos((((a.lat + b.lat) / 2) * Math.PI) / 180);
  return Math.hypot(east, (a.lat - b.lat) * perDegree);
}

/** The corners of what is seen, with a rim of so many px around it: [south west, north east]. */
export function cornersOf(view: MapView, rim: number): [Point, Point] {
  return [fromScreen(view, -rim, view.height + rim), fromScreen(view, view.width + rim, -rim)];
}

export const clampZoom = (zoom: number): number => Math.min(MAX_ZOOM, Math.max(MIN_ZOOM, zoom));

/** The longest of 1, 2, 5, 10 … metres that is no longer than so many px. */
export function scaleOf(view: MapView, longest: number): { metres: number; px: number } {
  const perPx = metresPerPx(view);
  const power = 10 ** Math.floor(Math.log10(longest * perPx));
  const metres = [5, 2].map((step) => step * power).find((length) => length <= longest * perPx) ?? power;
  return { metres, px: metres / perPx };
}
