// How large a frame is written: as the camera gives it, or smaller when room runs out. Its proportions stay.

export interface Size {
  width: number;
  height: number;
}

/** The size whose longer side is at most `most` pixels; null: as it is. Nothing is made larger. */
export function frameSize({ width, height }: Size, most: number | null): Size {
  const longer = Math.max(width, height);
  if (most === null || longer <= most) return { width, height };
  const scaled = (side: number): number => Math.max(1, Math.round((side * most) / longer));
  return { width: scaled(width), height: scaled(height) };
}
