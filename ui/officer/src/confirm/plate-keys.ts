// The keys of the plate keyboard, and which of them a plate wants next. The order of the provinces is the one officers
// know from parking apps. Letters I and O are on no plate (GA 36-2018, 5.7.1: they are taken for 1 and 0).

import type { PlateKind } from "@xunge/shared/bindings/PlateKind";

export const provinces: readonly string[] = [..."京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼"];

export const letters: readonly string[] = [..."1234567890ABCDEFGHJKLMNPQRSTUVWXYZ"];

/** Characters of special plates that are one key wide. */
export const specials: readonly string[] = [..."警学挂港澳使领"];

/** Two characters in one key: emergency rescue, and the beginning of an armed police plate. */
export const pairs: readonly string[] = ["应急", "WJ"];

/** The quick keys before this phone has recorded a plate: the provinces of the Yangtze delta. */
const QUICK: readonly string[] = [..."苏皖浙沪鲁"];

const PROVINCE = new RegExp(`^[${provinces.join("")}]`);

/** The plate after a tap on a province: it replaces the one that is there. */
export function withProvince(plate: string, province: string): string {
  return PROVINCE.test(plate) ? province + plate.slice(1) : province + plate;
}

/** The plate after a tap on a quick key: `苏A` replaces province and letter, `苏` the province alone. */
export function withPrefix(plate: string, prefix: string): string {
  if (prefix.length === 1) return withProvince(plate, prefix);
  return PROVINCE.test(plate) ? prefix + plate.slice(2) : prefix + plate;
}

/** The plate without its last character. */
export function withoutLast(plate: string): string {
  return [...plate].slice(0, -1).join("");
}

/** Which half of the keyboard a plate wants next. */
export function nextKeys(plate: string): "provinces" | "letters" {
  return plate === "" ? "provinces" : "letters";
}

/** Five quick keys: the beginnings of what this phone recorded lately, the most frequent first, then provinces. */
export function quickKeys(recent: readonly string[]): string[] {
  const counts = new Map<string, number>();
  for (const text of recent.filter((plate) => PROVINCE.test(plate) && /^.[A-Z]/.test(plate))) {
    const prefix = text.slice(0, 2);
    counts.set(prefix, (counts.get(prefix) ?? 0) + 1);
  }
  const known = [...counts].sort(([, one], [, other]) => other - one).map(([prefix]) => prefix);
  return [...known, ...QUICK].slice(0, 5);
}

/**
 * What a plate is taken for while it is being typed, for its drawing alone: the host's word comes a moment later and
 * counts.
 */
export function kindWhileTyping(typed: string): PlateKind {
  const text = typed.trim();
  if (!PROVINCE.test(text) && text !== "") return "free";
  if (text.endsWith("警")) return "police";
  if (text.endsWith("学")) return "learner";
  if (text.endsWith("挂")) return "trailer";
  if (text.endsWith("应急")) return "emergency";
  if (/[港澳]$/.test(text)) return "hk_macau";
  if (text.endsWith("领")) return "consulate";
  if ([...text].length === 8) return /^.[A-Z]\d{5}[A-Z]$/.test(text) ? "new_energy_large" : "new_energy_small";
  return "ordinary";
}
