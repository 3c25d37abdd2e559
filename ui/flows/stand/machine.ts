// The phone's clocks and its room, in the hand of whoever tries to make the phone fail: files that its program reads.

import { mkdtempSync, renameSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export const MINUTE = 60_000;
export const MEGABYTE = 1_000_000;

/** A file that is replaced as a whole, so that nobody reads half of it. */
function told(name: string): { file: string; tell(words: string): void } {
  const file = join(mkdtempSync(join(tmpdir(), `xunge-${name}-`)), name);
  return {
    file,
    tell(words) {
      writeFileSync(`${file}.new`, words);
      renameSync(`${file}.new`, file);
    },
  };
}

/** What is added to the wall clock and to the clock since boot, in milliseconds, and how often the phone was restarted. */
export function clocks(): { variables: Record<string, string>; move(wallMs: number, bootMs: number, boots: number): void } {
  const { file, tell } = told("clock");
  return { variables: { XUNGE_HEADLESS_CLOCK: file }, move: (wallMs, bootMs, boots) => tell(`${wallMs} ${bootMs} ${boots}`) };
}

/** How many bytes there are left. */
export function room(): { variables: Record<string, string>; leave(bytes: number): void } {
  const { file, tell } = told("room");
  return { variables: { XUNGE_HEADLESS_ROOM: file }, leave: (bytes) => tell(String(bytes)) };
}
