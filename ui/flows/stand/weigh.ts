// What a page weighs: every file that it fetches, as small as gzip makes it. What the host answers (commands, photos) is
// data and not the page.

import { gzipSync } from "node:zlib";
import type { Page, Response } from "playwright-core";

/** Counts from now on; what comes back ends the count and gives the weight in bytes. */
export function weigh(page: Page): () => Promise<number> {
  const files = new Map<string, Promise<number>>();
  const count = (response: Response) => {
    const { protocol, pathname } = new URL(response.url());
    const isFile = protocol === "http:" && !/^\/(api|photo|tile)\//.test(pathname);
    if (isFile && response.ok()) files.set(pathname, response.body().then((body) => gzipSync(body, { level: 9 }).length));
  };
  page.on("response", count);
  return async () => {
    page.off("response", count);
    return (await Promise.all(files.values())).reduce((sum, bytes) => sum + bytes, 0);
  };
}
