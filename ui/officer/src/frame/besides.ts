// What the whole app cannot do is said above every screen; a screen whose own work fails for the same reason adds nothing.

interface Problem {
  code: string;
}

/** The screen's own problem, unless the same sentence stands above already. */
export function besides<T extends Problem>(above: Problem | null, own: T | null): T | null {
  return own?.code === above?.code ? null : own;
}
