// Pins that would cover each other become one with a number. By squares of the world and not of the screen: so a pin does
// not change its company while the officer moves the map.

import { worldPx, type Point } from "./plane";

/** Pins that stand together; one that stands alone is a group of one. */
export interface Group<T> {
  /** The same while its members are. */
  key: string;
  at: Point;
  members: T[];
}

/** As wide as a pin and the gap to the next. */
const SQUARE_PX = 56;

export function groupPins<T extends { id: string; at: Point }>(pins: readonly T[], zoom: number): Group<T>[] {
  const level = Math.round(zoom * 2) / 2;
  const squares = new Map<string, T[]>();
  for (const pin of pins) {
    const [x, y] = worldPx(pin.at, level);
    const square = `${Math.floor(x / SQUARE_PX)}/${Math.floor(y / SQUARE_PX)}`;
    squares.set(square, [...(squares.get(square) ?? []), pin]);
  }
  return [...squares.values()].map((members) => ({ key: members.map((pin) => pin.id).join(), at: middleOf(members), members }));
}

function middleOf(pins: readonly { at: Point }[]): Point {
  const sum = pins.reduce((all, { at }) => ({ lat: all.lat + at.lat, lon: all.lon + at.lon }), { lat: 0, lon: 0 });
  return { lat: sum.lat / pins.length, lon: sum.lon / pins.length };
}
