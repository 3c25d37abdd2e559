//! Which pages there are, which of them are sound, and which are free.

use std::collections::HashSet;
use std::ops::RangeInclusive;

use super::SalvageReport;
use super::page::{FileHeader, TreePage, u32_at};
use super::pages::Pages;

/// A look at each page of a view.
pub(super) struct Survey {
    /// `None` when the first page cannot be used.
    pub(super) header: Option<FileHeader>,
    /// Pages that have the form of a leaf with rows.
    pub(super) leaves: Vec<u32>,
    /// With all that does not need the trees.
    pub(super) report: SalvageReport,
    /// Whether anything speaks for a file of ours under this key.
    pub(super) is_ours: bool,
}

impl Survey {
    pub(super) fn take(pages: &mut Pages) -> Self {
        let header = pages.header();
        let said = pages.size().or_else(|| header.and_then(|header| header.pages));
        // A plain file's first page may say anything: it does not make the file shorter than it is.
        let last = said.filter(|_| pages.is_encrypted()).unwrap_or(u32::MAX);
        let mut leaves = Vec::new();
        let mut report = SalvageReport::default();
        let mut held = Vec::new();
        for number in pages.numbers(last) {
            held.push(number);
            match pages.page(number) {
                Some(page) => {
                    report.authentic += 1;
                    if TreePage::read(number, &page).is_some_and(|page| page.is_sound_leaf()) {
                        leaves.push(number);
                    }
                }
                None => report.damaged.push(number),
            }
        }
        report.pages = said.max(held.last().copied()).unwrap_or(0);
        report.absent = missing(&held, report.pages);
        let is_ours = if pages.is_encrypted() {
            report.authentic > 0
        } else {
            header.is_some() || !leaves.is_empty()
        };
        Self {
            header,
            leaves,
            report,
            is_ours,
        }
    }
}

/// The numbers from 1 to `last` that are not held.
fn missing(held: &[u32], last: u32) -> Vec<RangeInclusive<u32>> {
    let mut missing = Vec::new();
    let mut next = 1_u32;
    for &number in held {
        if number > next {
            missing.push(next..=number - 1);
        }
        next = number.saturating_add(1);
    }
    if next <= last {
        missing.push(next..=last);
    }
    missing
}

/// The pages that are in no use (SQLite file format, section 1.5); `None` when their list cannot be read to its end.
pub(super) fn free_pages(pages: &mut Pages, header: FileHeader) -> Option<HashSet<u32>> {
    let mut free = HashSet::new();
    let mut trunk = header.first_free;
    while trunk != 0 {
        if !free.insert(trunk) {
            return None;
        }
        let page = pages.page(trunk)?;
        let listed = usize::try_from(u32_at(&page, 4)?).ok()?;
        let (entries, _) = page.get(8..)?.as_chunks::<4>();
        free.extend(entries.get(..listed)?.iter().map(|entry| u32::from_be_bytes(*entry)));
        trunk = u32_at(&page, 0)?;
    }
    (free.len() == usize::try_from(header.free).ok()?).then_some(free)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_held_is_named_in_ranges() {
        assert_eq!(missing(&[1, 2, 5, 9], 12), [3..=4, 6..=8, 10..=12]);
        assert_eq!(missing(&[], 2), [1..=2]);
        assert!(missing(&[1, 2], 2).is_empty());
        assert!(missing(&[], 0).is_empty());
    }
}
