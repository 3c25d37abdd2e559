// Says on the page's own time line (W3C User Timing) that a case can be begun: the tiles are painted and take a tap. How
// long a cold start takes is read from there (`cargo xtask bench cold_start`), in the shipped program and nowhere else.

/** The second frame comes when the first was painted. */
export function markReady(): void {
  requestAnimationFrame(() => requestAnimationFrame(() => performance.mark("capture-ready")));
}
