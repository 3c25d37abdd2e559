// What all processes that this one started hold: the phone's program, the browser and its helpers. PSS, so that what
// they share counts once.

import { readdirSync, readFileSync } from "node:fs";

/** Bytes held by all descendants of this process. */
export function memoryOfAll(): number {
  const parents = new Map<number, number>();
  for (const name of readdirSync("/proc").filter((one) => /^\d+$/.test(one))) {
    const line = tryRead(`/proc/${name}/stat`);
    // `pid (name) state parent …`; the name may hold blanks and brackets.
    const parent = Number(line.slice(line.lastIndexOf(")") + 2).split(" ")[1]);
    if (parent) parents.set(Number(name), parent);
  }
  const isOurs = (id: number): boolean => {
    const parent = parents.get(id);
    return parent === process.pid || (parent !== undefined && parent > 1 && isOurs(parent));
  };
  const pss = (id: number) => Number(/^Pss:\s+(\d+)/m.exec(tryRead(`/proc/${id}/smaps_rollup`))?.[1] ?? 0);
  return [...parents.keys()].filter(isOurs).reduce((sum, id) => sum + pss(id) * 1024, 0);
}

/** A process may end between two looks. */
function tryRead(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}
