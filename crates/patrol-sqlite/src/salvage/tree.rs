//! From a root down to the rows, past what is damaged.
//!
//! Each page is entered once, and an overflow page belongs to one row, so that rubbish ends the walk and never turns it
//! in circles.

use std::collections::HashSet;

use rusqlite::types::Value;

use super::page::{Kind, LeafCell, TreePage};
use super::pages::Pages;
use super::schema::Table;
use super::{GoneRange, LostCell, SalvageReport, SalvagedRow, Seen, Standing, record};

/// A walk over the pages of one view.
pub(super) struct Walk<'salvage> {
    pub(super) pages: &'salvage mut Pages,
    pub(super) report: SalvageReport,
    seen: &'salvage [Seen],
    delivered: HashSet<u32>,
    entered: HashSet<u32>,
    /// Overflow pages that belong to a row.
    chained: HashSet<u32>,
}

/// Takes a row.
pub(super) type Each<'each> = &'each mut dyn FnMut(SalvagedRow);

/// A page to enter, and the row numbers that it may have.
struct Step {
    page: u32,
    after: Option<i64>,
    up_to: Option<i64>,
}

impl<'salvage> Walk<'salvage> {
    pub(super) fn new(pages: &'salvage mut Pages, seen: &'salvage [Seen], report: SalvageReport) -> Self {
        Self {
            pages,
            report,
            seen,
            delivered: HashSet::new(),
            entered: HashSet::new(),
            chained: HashSet::new(),
        }
    }

    /// Delivers the rows of a table.
    pub(super) fn table(&mut self, table: &Table, each: Each<'_>) {
        self.report.tables_seen.push(table.name.clone());
        let root = self.pages.page(table.root);
        let root = root.as_deref().and_then(|page| TreePage::read(table.root, page));
        if root.is_some_and(|root| root.kind == Kind::Index) {
            self.report.tables_skipped.push(table.name.clone());
            return;
        }
        for leaf in self.leaves(table.root, Some(&table.name)) {
            self.deliver(leaf, Some(&table.name), each);
        }
    }

    /// Delivers the rows of those leaves that no tree led to and that are in use.
    pub(super) fn unreachable(&mut self, leaves: &[u32], free: &HashSet<u32>, each: Each<'_>) {
        for &leaf in leaves {
            if !free.contains(&leaf) && self.entered.insert(leaf) {
                self.report.unreachable_leaves += 1;
                self.deliver(leaf, None, each);
            }
        }
    }

    /// The leaves below a page in the order of their rows; names what is missing.
    pub(super) fn leaves(&mut self, root: u32, table: Option<&str>) -> Vec<u32> {
        let mut leaves = Vec::new();
        let mut steps = vec![Step {
            page: root,
            after: None,
            up_to: None,
        }];
        while let Some(step) = steps.pop() {
            let page = self.pages.page(step.page);
            let tree = page.as_deref().and_then(|page| TreePage::read(step.page, page));
            match tree.filter(|tree| tree.kind != Kind::Index) {
                Some(tree) if self.entered.insert(step.page) => {
                    if tree.kind == Kind::Leaf {
                        leaves.push(step.page);
                    } else {
                        self.descend(&tree, &step, table, &mut steps);
                    }
                }
                _ => {
                    if page.is_some() {
                        self.report.damaged.push(step.page);
                    }
                    self.gone(step.page, table, step.after, step.up_to);
                }
            }
        }
        leaves
    }

    /// The rows of a leaf, as many as can be read; names the others.
    pub(super) fn rows(&mut self, leaf: u32, table: Option<&str>, each: Each<'_>) {
        let Some(page) = self.pages.page(leaf) else {
            return;
        };
        let Some(tree) = TreePage::read(leaf, &page) else {
            return;
        };
        for index in 0..tree.cells {
            let Some(cell) = tree.leaf_cell(index) else {
                self.lost(leaf, table, None, None);
                continue;
            };
            match self.values(&cell) {
                Ok(values) => each(SalvagedRow {
                    table: table.map(str::to_owned),
                    rowid: cell.rowid,
                    page: leaf,
                    values,
                    standing: self.standing(),
                }),
                Err(overflow) => self.lost(leaf, table, Some(cell.rowid), overflow),
            }
        }
    }

    /// What was found, and the leaves that were delivered, once the walk is over.
    pub(super) fn finish(mut self) -> (SalvageReport, HashSet<u32>) {
        self.report.damaged.sort_unstable();
        self.report.damaged.dedup();
        (self.report, self.delivered)
    }

    /// The rows of a leaf, unless the same bytes were delivered before.
    fn deliver(&mut self, leaf: u32, table: Option<&str>, each: Each<'_>) {
        let is_same = |seen: &Seen| seen.delivered.contains(&leaf) && self.pages.is_as_in(&seen.view, leaf);
        if self.seen.iter().any(is_same) {
            return;
        }
        self.delivered.insert(leaf);
        let mut rows = 0;
        self.rows(leaf, table, &mut |row| {
            rows += 1;
            each(row);
        });
        self.report.rows += rows;
    }

    /// The last child is pushed first, so that the first is entered next.
    fn descend(&mut self, tree: &TreePage<'_>, step: &Step, table: Option<&str>, steps: &mut Vec<Step>) {
        let mut after = step.after;
        let mut children = Vec::new();
        for child in tree.children() {
            let Some(child) = child else {
                self.report.damaged.push(step.page);
                self.gone(step.page, table, after, step.up_to);
                continue;
            };
            let up_to = child.up_to.or(step.up_to);
            children.push(Step {
                page: child.page,
                after,
                up_to,
            });
            after = up_to;
        }
        steps.extend(children.into_iter().rev());
    }

    /// The whole record, from its leaf and its overflow pages. An error is the page that it lacks, if that is why.
    fn values(&mut self, cell: &LeafCell<'_>) -> Result<Vec<Value>, Option<u32>> {
        let mut record = cell.local.to_vec();
        let mut chain = HashSet::new();
        let mut next = cell.overflow.unwrap_or(0);
        while record.len() < cell.length {
            let lacking = Some(next).filter(|&next| next > 0);
            if self.chained.contains(&next) || !chain.insert(next) {
                return Err(lacking);
            }
            let page = self.pages.page(next).ok_or(lacking)?;
            let (pointer, content) = page.split_first_chunk().ok_or(lacking)?;
            record.extend(content.iter().take(cell.length - record.len()));
            next = u32::from_be_bytes(*pointer);
        }
        let values = record::values(&record).ok_or(None)?;
        self.chained.extend(chain);
        Ok(values)
    }

    fn gone(&mut self, page: u32, table: Option<&str>, after: Option<i64>, up_to: Option<i64>) {
        self.report.gone.push(GoneRange {
            page,
            table: table.map(str::to_owned),
            after,
            up_to,
        });
    }

    fn lost(&mut self, page: u32, table: Option<&str>, rowid: Option<i64>, overflow: Option<u32>) {
        self.report.lost_cells = self.report.lost_cells.saturating_add(1);
        if self.report.lost.len() < SalvageReport::NAMED_CELLS {
            self.report.lost.push(LostCell {
                page,
                table: table.map(str::to_owned),
                rowid,
                overflow,
            });
        }
    }

    fn standing(&self) -> Standing {
        if self.seen.is_empty() {
            Standing::Committed
        } else {
            Standing::Uncertain
        }
    }
}
