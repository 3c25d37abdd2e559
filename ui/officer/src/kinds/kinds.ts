// The kinds that have a tile of their own on 今日, the icon of every class, and their short names. They keep their
// places whatever is used most: a thumb that knows the place does not read.

import { iconNames, type IconName } from "@xunge/shared/widgets/icon-names";

/** Tiles where the pack names none. */
const TILES: readonly string[] = ["PK01", "ST02", "ST03", "AD02", "TR01", "CN01", "PK06", "BL01"];

const OWN_ICONS: Record<string, IconName> = { ST03: "shop", PK06: "ebike", PK07: "ebike" };

const CLASS_ICONS: Record<string, IconName> = {
  parking: "car",
  stall: "stall",
  noise: "warning",
  ad: "sign",
  truck: "truck",
  construction: "crane",
  environment: "dust",
  building: "building",
};

/** What of a matter decides how its tile looks. */
interface Named {
  code: string;
  class: string;
  icon?: string;
}

/** The tiles of 今日 in their order: those that the pack names, as far as it has them. */
export function tilesOf<T extends Named>(matters: readonly T[], named: readonly string[] | undefined): T[] {
  const codes = named && named.length > 0 ? named : TILES;
  return codes.flatMap((code) => matters.filter((matter) => matter.code === code)).slice(0, 8);
}

/** The icon of a matter: the pack's, when this app can draw it, else its own here, else its class's. */
export function iconOf(code: string, matterClass?: string, named?: string): IconName {
  const known = iconNames.find((name) => name === named);
  return known ?? OWN_ICONS[code] ?? (matterClass ? CLASS_ICONS[matterClass] : undefined) ?? "other";
}

/** Whether a seven-character plate of this matter is a large vehicle's, which is yellow. */
export function concernsLargeVehicle(code: string | null): boolean {
  return code !== null && code.startsWith("TR");
}
