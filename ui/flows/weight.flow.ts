// The way from the pocket to a saved case has to be light on a phone three years old.

import { expect } from "vitest";
import { begin, confirm, save, shoot } from "./stand/hand";
import { note } from "./stand/note";
import { test } from "./stand/stand";
import { weigh } from "./stand/weigh";

const LIMIT = 120 * 1024;

test("all files from the start over kind, shutter and confirmation to a saved case are 120 KB of gzip at most", async ({ stand }) => {
  const phone = await stand.phone();
  let weight = () => Promise.resolve(0);
  const page = await (await stand.glass()).open(phone.at("/today"), (page) => (weight = weigh(page)));
  await begin(page, "PK01");
  await shoot(page);
  await confirm(page);
  await save(page);
  const bytes = await weight();
  note("capture_weight", [bytes / 1024]);
  expect(bytes).toBeGreaterThan(10_000);
  expect(bytes).toBeLessThanOrEqual(LIMIT);
});
