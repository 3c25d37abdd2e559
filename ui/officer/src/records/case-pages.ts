// A list of 100,000 cases of which a few hundred are here at a time: pages of 200 rows, fetched where one looks, and
// forgotten behind. A page goes on from the mark of the one before; one that was jumped to is counted out by the host.

import type { CaseFound } from "@xunge/shared/bindings/CaseFound";
import type { CaseRow } from "@xunge/shared/bindings/CaseRow";
import type { CaseLeaf } from "@xunge/shared/platform/commands/case";

export const PAGE_ROWS = 200;
/** 1,600 rows in memory, whatever the list's length. */
const PAGES_KEPT = 8;

interface Page {
  rows: readonly CaseRow[];
  next: string | null;
  isStale: boolean;
  /** When it was looked at last, counted in looks. */
  seen: number;
}

export type AskForPage = (leaf: CaseLeaf) => Promise<CaseFound>;

export class CasePages {
  /** How many cases fit; null until the host has said so. */
  total: number | null = null;
  private pages = new Map<number, Page>();
  private underWay = new Set<number>();
  private looks = 0;
  private generation = 0;

  constructor(
    private readonly ask: AskForPage,
    private readonly changed: () => void,
  ) {}

  rowAt(index: number): CaseRow | null {
    const page = this.pages.get(Math.floor(index / PAGE_ROWS));
    return page?.rows[index % PAGE_ROWS] ?? null;
  }

  /** Other words or filters: nothing that is here counts any more. */
  clear(): void {
    this.generation += 1;
    this.pages.clear();
    this.underWay.clear();
    this.total = null;
    this.changed();
  }

  /** Something may have changed: what is shown stays until it has been read again. */
  age(): void {
    this.generation += 1;
    this.underWay.clear();
    for (const page of this.pages.values()) page.isStale = true;
  }

  /** Brings what is missing or old between two rows. Rejects with the first failure. */
  async look(first: number, last: number): Promise<void> {
    this.looks += 1;
    const end = this.total === null ? first : Math.min(last, Math.max(this.total - 1, 0));
    const wanted: Promise<void>[] = [];
    for (let number = Math.floor(first / PAGE_ROWS); number <= Math.floor(end / PAGE_ROWS); number += 1) {
      const page = this.pages.get(number);
      if (page) page.seen = this.looks;
      if ((!page || page.isStale) && !this.underWay.has(number)) wanted.push(this.bring(number));
    }
    await Promise.all(wanted);
  }

  private async bring(number: number): Promise<void> {
    const generation = this.generation;
    this.underWay.add(number);
    const before = this.pages.get(number - 1);
    const mark = before && !before.isStale ? before.next : null;
    const skip = mark === null ? number * PAGE_ROWS : 0;
    const count = this.total === null || this.pages.get(number)?.isStale === true;
    try {
      const found = await this.ask({ before: mark, skip, limit: PAGE_ROWS, count });
      if (generation !== this.generation) return;
      if (found.total !== null) this.total = found.total;
      this.pages.set(number, { rows: found.rows, next: found.next, isStale: false, seen: this.looks });
      this.forgetFar();
      this.changed();
    } finally {
      if (generation === this.generation) this.underWay.delete(number);
    }
  }

  private forgetFar(): void {
    if (this.pages.size <= PAGES_KEPT) return;
    const oldest = [...this.pages.entries()].sort((one, other) => one[1].seen - other[1].seen);
    for (const [number] of oldest.slice(0, this.pages.size - PAGES_KEPT)) this.pages.delete(number);
  }
}
