// Numbers for the figures (`cargo xtask bench`), which names the file that they go to. A flow says what it counted and
// judges nothing that depends on the machine's speed.

import { existsSync, readFileSync, writeFileSync } from "node:fs";

/** Whether somebody wants numbers: what takes long is measured only then. */
export const isMeasuring = Boolean(process.env["XUNGE_MEASURED"]);

/** Notes the runs of a number under a name. */
export function note(name: string, values: readonly number[]): void {
  const file = process.env["XUNGE_MEASURED"];
  if (!file) return;
  const all = existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as Record<string, readonly number[]>) : {};
  writeFileSync(file, JSON.stringify({ ...all, [name]: values }));
}
