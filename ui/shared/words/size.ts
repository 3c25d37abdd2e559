// Amounts of data and distances on the ground, as people say them.

/** 340 KB, 2.1 MB. Decimal units: the ones that a phone's data plan counts in. */
export function sayBytes(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  if (bytes < 999_500) return `${Math.round(bytes / 1000)} KB`;
  if (bytes < 999_950_000) return `${(bytes / 1e6).toFixed(1)} MB`;
  return `${(bytes / 1e9).toFixed(1)} GB`;
}

/** Millimetres as whole metres, at least 1: a fix is never better than that. */
export function wholeMetres(millimetres: number): number {
  return Math.max(1, Math.round(millimetres / 1000));
}

/** 1e-7 degree as five decimals, some one metre. */
export function sayDegrees(e7: number): string {
  return (Math.abs(e7) / 1e7).toFixed(5);
}

/** Characters as people count them: an emoji or a rare Han character is one, not two. */
export function countCharacters(text: string): number {
  return [...text].length;
}
