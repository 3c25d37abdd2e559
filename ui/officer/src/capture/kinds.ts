// The kinds that have a cell of their own on the strip, and the icon of every class. They keep their places whatever is
// used most: a thumb that knows the place does not read.

import type { IconName } from "@xunge/shared/widgets/icon-names";

/** Matter codes of the strip, in their order; the short words are under `short.` in the words. */
export const stripKinds: readonly { code: string; icon: IconName }[] = [
  { code: "PK01", icon: "car" },
  { code: "ST02", icon: "stall" },
  { code: "ST03", icon: "shop" },
  { code: "TR01", icon: "truck" },
];

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

/** The icon of a matter: its own on the strip, else its class's, else the one of "other". */
export function iconOf(code: string, matterClass?: string): IconName {
  const own = stripKinds.find((kind) => kind.code === code)?.icon;
  return own ?? (matterClass ? CLASS_ICONS[matterClass] : undefined) ?? "other";
}

/** Whether a seven-character plate of this matter is a large vehicle's, which is yellow. */
export function concernsLargeVehicle(code: string | null): boolean {
  return code !== null && code.startsWith("TR");
}
