// How a picture is enlarged and moved: pure arithmetic, in pixels of the box that shows it. The picture lies in the middle
// of the box at scale 1; `x` and `y` move it from there.

export interface View {
  scale: number;
  x: number;
  y: number;
}

export interface Point {
  x: number;
  y: number;
}

export interface Size {
  width: number;
  height: number;
}

export const whole: View = { scale: 1, x: 0, y: 0 };
/** A plate at the far end of a street is still read at this. */
export const LARGEST = 8;
/** One press of + or −. */
export const STEP = 1.5;
/** What a double tap enlarges to. */
export const CLOSE = 3;

/** How large the picture is in the box at scale 1: as large as fits. */
export function fitted(box: Size, picture: Size): Size {
  if (picture.width <= 0 || picture.height <= 0) return box;
  const scale = Math.min(box.width / picture.width, box.height / picture.height);
  return { width: picture.width * scale, height: picture.height * scale };
}

/** The nearest view that shows no more emptiness than it must. */
export function within(view: View, box: Size, picture: Size): View {
  const scale = Math.min(Math.max(view.scale, 1), LARGEST);
  const shown = fitted(box, picture);
  const room = (length: number, frame: number): number => Math.max(0, (length * scale - frame) / 2);
  const keep = (value: number, most: number): number => (most === 0 ? 0 : Math.min(Math.max(value, -most), most));
  return { scale, x: keep(view.x, room(shown.width, box.width)), y: keep(view.y, room(shown.height, box.height)) };
}

/** Enlarges by a factor so that what is under the point (from the middle of the box) stays under it. */
export function zoomAt(view: View, factor: number, point: Point): View {
  const scale = Math.min(Math.max(view.scale * factor, 1), LARGEST);
  const by = scale / view.scale;
  return { scale, x: point.x - (point.x - view.x) * by, y: point.y - (point.y - view.y) * by };
}

/** Two fingers moved: the picture follows their middle, and grows as they part. */
export function pinch(view: View, before: readonly [Point, Point], after: readonly [Point, Point]): View {
  const apart = ([one, other]: readonly [Point, Point]): number => Math.hypot(one.x - other.x, one.y - other.y);
  const middle = ([one, other]: readonly [Point, Point]): Point => ({ x: (one.x + other.x) / 2, y: (one.y + other.y) / 2 });
  const [from, to] = [middle(before), middle(after)];
  const zoomed = zoomAt(view, apart(before) > 0 ? apart(after) / apart(before) : 1, from);
  return { ...zoomed, x: zoomed.x + to.x - from.x, y: zoomed.y + to.y - from.y };
}
