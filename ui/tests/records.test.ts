// The list of records: pages that are fetched where one looks, filters, days.

import type { CaseFound } from "@xunge/shared/bindings/CaseFound";
import type { CaseRow } from "@xunge/shared/bindings/CaseRow";
import type { CaseLeaf } from "@xunge/shared/platform/commands/case";
import { describe, expect, it } from "vitest";
import { CasePages, PAGE_ROWS } from "../officer/src/records/case-pages";
import { anything, fromOf, isAnything, isNarrowed, toFilter } from "../officer/src/records/filter";
import { sayDay } from "../officer/src/records/say-day";

/** A host with so many cases, numbered from the newest; marks are the number of the last row. */
function host(total: number) {
  const asked: CaseLeaf[] = [];
  let count = total;
  const ask = (leaf: CaseLeaf): Promise<CaseFound> => {
    asked.push(leaf);
    const first = (leaf.before === null ? 0 : Number(leaf.before) + 1) + leaf.skip;
    const rows = Array.from({ length: Math.max(0, Math.min(leaf.limit, count - first)) }, (_, place) => ({ number: String(first + place) }) as CaseRow);
    const last = first + rows.length - 1;
    return Promise.resolve({ rows, next: last + 1 < count ? String(last) : null, total: leaf.count ? count : null });
  };
  return { asked, ask, grow: (by: number) => { count += by; } };
}

describe("the pages of a list", () => {
  it("say how long the list is after one question", async () => {
    const { asked, ask } = host(100_000);
    const pages = new CasePages(ask, () => undefined);
    await pages.look(0, 0);
    expect(pages.total).toBe(100_000);
    expect(pages.rowAt(7)?.number).toBe("7");
    expect(asked).toEqual([{ before: null, skip: 0, limit: PAGE_ROWS, count: true }]);
  });

  it("go on from the mark of the page before, and are counted out where one jumps", async () => {
    const { asked, ask } = host(100_000);
    const pages = new CasePages(ask, () => undefined);
    await pages.look(0, 0);
    await pages.look(190, 210);
    await pages.look(50_010, 50_020);
    expect(asked.slice(1)).toEqual([
      { before: "199", skip: 0, limit: PAGE_ROWS, count: false },
      { before: null, skip: 50_000, limit: PAGE_ROWS, count: false },
    ]);
    expect([pages.rowAt(205)?.number, pages.rowAt(50_015)?.number]).toEqual(["205", "50015"]);
  });

  it("are not asked for twice while they are under way, and never beyond the end", async () => {
    const { asked, ask } = host(250);
    const pages = new CasePages(ask, () => undefined);
    await pages.look(0, 0);
    await Promise.all([pages.look(195, 900), pages.look(196, 901)]);
    expect(asked.length).toBe(2);
    expect([pages.rowAt(249)?.number, pages.rowAt(250)]).toEqual(["249", null]);
  });

  it("keep no more than a few pages, those that were looked at last", async () => {
    const { ask } = host(100_000);
    const pages = new CasePages(ask, () => undefined);
    await pages.look(0, 0);
    for (let page = 1; page <= 20; page += 1) await pages.look(page * PAGE_ROWS, page * PAGE_ROWS + 10);
    expect(pages.rowAt(0)).toBeNull();
    expect(pages.rowAt(20 * PAGE_ROWS)).not.toBeNull();
    expect(Array.from({ length: 21 }, (_, page) => pages.rowAt(page * PAGE_ROWS)).filter(Boolean).length).toBe(8);
  });

  it("that have aged stay to be seen until they are read again, and the length is counted anew", async () => {
    const { ask, grow } = host(10);
    const pages = new CasePages(ask, () => undefined);
    await pages.look(0, 9);
    grow(1);
    pages.age();
    expect(pages.rowAt(3)?.number).toBe("3");
    await pages.look(0, 9);
    expect(pages.total).toBe(11);
  });

  it("drop an answer to a question that nobody asks any more", async () => {
    const late: (() => void)[] = [];
    const { ask } = host(10);
    const pages = new CasePages((leaf) => new Promise((resolve) => late.push(() => resolve(ask(leaf)))), () => undefined);
    const first = pages.look(0, 0);
    pages.clear();
    late[0]?.();
    await first;
    expect([pages.total, pages.rowAt(0)]).toEqual([null, null]);
  });

  it("say when the host cannot answer, and can be asked again", async () => {
    const { ask } = host(10);
    let isBroken = true;
    const pages = new CasePages((leaf) => (isBroken ? Promise.reject(new Error("no disk")) : ask(leaf)), () => undefined);
    await expect(pages.look(0, 0)).rejects.toThrow("no disk");
    isBroken = false;
    await pages.look(0, 0);
    expect(pages.total).toBe(10);
  });
});

describe("a wish", () => {
  const now = new Date(2026, 10, 23, 14, 18).getTime();

  it("for a stretch of days begins at midnight of this place", () => {
    expect(fromOf("today", now)).toBe(new Date(2026, 10, 23).getTime());
    expect(fromOf("week", now)).toBe(new Date(2026, 10, 17).getTime());
    expect(fromOf("month", now)).toBe(new Date(2026, 10, 1).getTime());
    expect(fromOf(null, now)).toBeNull();
  });

  it("for anything lets everything through", () => {
    expect(isAnything(anything)).toBe(true);
    expect(toFilter({ ...anything, words: "  " }, now)).toEqual({ words: "", state: null, lies: null, matter_class: null, from_ms: null, to_ms: null });
    expect(isAnything({ ...anything, lies: "lost" })).toBe(false);
    expect(isNarrowed({ ...anything, lies: "lost" })).toBe(false);
    expect(isNarrowed({ ...anything, period: "week" })).toBe(true);
  });
});

describe("the day above the list", () => {
  const at = (text: string): number => Date.parse(text);
  const now = at("2026-11-23T14:18:00+08:00");

  it("is said with its date and its day of the week", () => {
    expect(sayDay(at("2026-11-23T00:10:00+08:00"), now, "zh", 480)).toBe("今天 11 月 23 日 周一");
    expect(sayDay(at("2026-11-22T23:59:00+08:00"), now, "zh", 480)).toBe("昨天 11 月 22 日 周日");
    expect(sayDay(at("2026-11-20T08:00:00+08:00"), now, "zh", 480)).toBe("11 月 20 日 周五");
    expect(sayDay(at("2025-11-20T08:00:00+08:00"), now, "en", 480)).toBe("20 Nov 2025 Thu");
    expect(sayDay(at("2026-11-23T00:10:00+08:00"), now, "en", 480)).toBe("Today 23 Nov Mon");
  });

  it("is right on the second of January too", () => {
    const new_year = at("2027-01-01T09:00:00+08:00");
    expect(sayDay(new_year, new_year + 60_000, "zh", 480)).toBe("今天 1 月 1 日 周五");
  });
});
