// What of a pin can be seen and pressed: off the picture it is left out, under the search field or the buttons it is not to
// be pressed by a thumb that means the button.

import type { MapView } from "@xunge/shared/map/plane";

/** The bar above, the column of buttons at the side (half a pin included), and a pin's height. */
const TOP_PX = 64;
const SIDE_PX = 64 + 24;
const SIDE_HIGH_PX = 184;
const PIN_PX = 48;

interface Spot {
  x: number;
  y: number;
}

export function isSeen(view: MapView, { x, y }: Spot): boolean {
  return x > -40 && y > -40 && x < view.width + 40 && y < view.height + 60;
}

export function isCovered(view: MapView, { x, y }: Spot): boolean {
  const isLeft = document.documentElement.dataset["hand"] === "left";
  const fromSide = isLeft ? x : view.width - x;
  return y < TOP_PX + PIN_PX || (fromSide < SIDE_PX && y > view.height - SIDE_HIGH_PX);
}
