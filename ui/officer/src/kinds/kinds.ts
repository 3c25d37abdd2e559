// The kinds that have a tile of their own on 今日, and their icons. Both come from the pack; the tiles keep their places
// whatever is used most: a thumb that knows the place does not read.

import { iconNames, type IconName } from "@xunge/shared/widgets/icon-names";

const TILES = 8;

/** The tiles of 今日 in their order: those that the pack names, as far as it has them. */
export function tilesOf<T extends { code: string }>(matters: readonly T[], named: readonly string[]): T[] {
  return named.flatMap((code) => matters.filter((matter) => matter.code === code)).slice(0, TILES);
}

/** The icon of a matter: the pack's, when this app can draw it, else the one of "other". */
export function iconOf(matter: { icon: string } | null): IconName {
  return iconNames.find((name) => name === matter?.icon) ?? "other";
}

/** Whether a seven-character plate of this matter is a large vehicle's, which is yellow. */
export function concernsLargeVehicle(code: string | null): boolean {
  return code !== null && code.startsWith("TR");
}
