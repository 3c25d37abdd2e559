// The drawn map: MapLibre, loaded only when a map is opened. Gestures and zoom are the library's; what it shows follows
// from the style, and what lies over it from the view that it reports.

import { addProtocol, Map as Library, setWorkerUrl, type StyleSpecification } from "maplibre-gl";
import workerUrl from "maplibre-gl/dist/maplibre-gl-worker.mjs?worker&url";
import { platform } from "../platform/choose";
import { MAX_ZOOM, MIN_ZOOM, type MapView, type Point } from "./plane";
import { TILE_SCHEME } from "./style";

// Without it the build passes and the map stays blank: the library cannot find its worker under tauri://.
setWorkerUrl(new URL(workerUrl, document.baseURI).href);
addProtocol(TILE_SCHEME, async ({ url }) => {
  const [z, x, y] = url.slice(`${TILE_SCHEME}://`.length).split("/").map(Number);
  return { data: await platform.tile(z ?? 0, x ?? 0, y ?? 0) };
});

export interface PaintedMap {
  move(middle: Point, zoom: number, smoothly: boolean): void;
  restyle(style: StyleSpecification): void;
  end(): void;
}

/** Draws into the element, which must have a size. Throws where there is no WebGL 2. */
export function paintMap(
  element: HTMLElement,
  start: { middle: Point; zoom: number },
  style: StyleSpecification,
  heard: { moved: (view: MapView) => void; tapped: () => void; name: string },
): PaintedMap {
  const map = new Library({
    container: element,
    style,
    center: [start.middle.lon, start.middle.lat],
    zoom: start.zoom,
    minZoom: MIN_ZOOM,
    maxZoom: MAX_ZOOM,
    attributionControl: false,
    dragRotate: false,
    pitchWithRotate: false,
    touchPitch: false,
    fadeDuration: 0,
    localIdeographFontFamily: getComputedStyle(document.documentElement).getPropertyValue("--font"),
  });
  map.touchZoomRotate.disableRotation();
  map.keyboard.disableRotation();
  const canvas = map.getCanvas();
  canvas.setAttribute("aria-label", heard.name);
  const report = (): void => {
    const { lng, lat } = map.getCenter();
    heard.moved({ middle: { lat, lon: lng }, zoom: map.getZoom(), width: element.clientWidth, height: element.clientHeight });
  };
  map.on("move", report);
  map.on("resize", report);
  map.on("click", () => heard.tapped());
  map.once("idle", () => { element.dataset["painted"] = "yes"; });
  report();
  const isCalm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  return {
    move(middle, zoom, smoothly) {
      const camera = { center: [middle.lon, middle.lat] as [number, number], zoom };
      if (smoothly && !isCalm) map.easeTo({ ...camera, duration: 180 });
      else map.jumpTo(camera);
    },
    restyle: (next) => void map.setStyle(next, { diff: true }),
    end: () => map.remove(),
  };
}

/** Whether this webview can draw it at all. */
export function canPaint(): boolean {
  return document.createElement("canvas").getContext("webgl2") !== null;
}
