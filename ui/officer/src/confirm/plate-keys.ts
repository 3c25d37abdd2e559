// The keys of the plate keyboard. The order of the provinces is the one officers know from parking apps; the quick ones
// are those of the Yangtze delta. Letters I and O are on no plate.

export const quickProvinces: readonly string[] = [..."苏皖浙沪鲁"];

export const provinces: readonly string[] = [..."京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼"];

export const letters: readonly string[] = [..."1234567890ABCDEFGHJKLMNPQRSTUVWXYZ学警挂港澳领使"];

const PROVINCE = new RegExp(`^[${provinces.join("")}]`);

/** The plate after a tap on a province: it replaces the one that is there. */
export function withProvince(plate: string, province: string): string {
  return PROVINCE.test(plate) ? province + plate.slice(1) : province + plate;
}

/** The plate without its last character. */
export function withoutLast(plate: string): string {
  return [...plate].slice(0, -1).join("");
}
