//! The bytes of one file: those that everybody reads, those on the platter, and what lies between.
//!
//! # What a cut does to a file
//!
//! * What was synced stays.
//! * A write that was not synced arrives sector by sector (512 bytes), each for itself: some, none, any order. Sectors
//!   are apart, so their order does not show; within one sector it does, and there the writes survive up to some point
//!   in time and never beyond, because a page cache writes a sector as it stands and cannot write the second change
//!   without the first.
//! * A write changes nothing outside of its own bytes, even when it is torn (SQLite: "powersafe overwrite", which its
//!   unix VFS takes for granted).
//! * Truncations are changes of the inode and survive in order: the second never without the first. A sector that was cut
//!   off and written anew lies in a new place, which nothing names while the truncation is lost; so it is lost too.
//! * Where an earlier sector of a grown file was lost and a later one not, zeros stand (ext4 with delayed allocation);
//!   and the new length may survive without the new bytes (f2fs, XFS). Bytes of other files never show (data=ordered).

use std::collections::BTreeMap;
use std::sync::Arc;

use super::chance::Chance;

/// What a disk writes whole or not at all.
pub(super) const SECTOR: usize = 512;

/// A WAL file's header; its frames come after it.
const WAL_HEADER: usize = 32;

#[derive(Debug, Clone)]
enum Change {
    Write { offset: usize, bytes: Vec<u8> },
    Truncate(usize),
}

/// One file's bytes, shared with every copy of the file until one of them is written to.
#[derive(Debug, Clone, Default)]
pub(super) struct Content {
    now: Arc<Vec<u8>>,
    durable: Arc<Vec<u8>>,
    unsynced: Vec<Change>,
    /// Whether something behind a WAL's header was written since somebody last asked for a sync.
    pub(super) frames: bool,
}

impl Content {
    /// Bytes that are on the platter from the start.
    pub(super) fn synced(bytes: Vec<u8>) -> Self {
        let bytes = Arc::new(bytes);
        Self {
            now: Arc::clone(&bytes),
            durable: bytes,
            unsynced: Vec::new(),
            frames: false,
        }
    }

    pub(super) fn bytes(&self) -> &[u8] {
        &self.now
    }

    /// Copies what stands at `offset`; how many bytes there were.
    pub(super) fn read(&self, offset: usize, into: &mut [u8]) -> usize {
        let there = self.now.get(offset..).unwrap_or_default();
        let count = there.len().min(into.len());
        if let (Some(into), Some(there)) = (into.get_mut(..count), there.get(..count)) {
            into.copy_from_slice(there);
        }
        count
    }

    pub(super) fn write(&mut self, offset: usize, bytes: &[u8]) {
        if bytes.is_empty() {
            return;
        }
        self.frames |= offset >= WAL_HEADER;
        self.change(Change::Write {
            offset,
            bytes: bytes.to_vec(),
        });
    }

    pub(super) fn truncate(&mut self, length: usize) {
        self.change(Change::Truncate(length));
    }

    fn change(&mut self, change: Change) {
        apply(&mut self.now, &change);
        self.unsynced.push(change);
    }

    /// Everything written so far is on the platter from here on.
    pub(super) fn sync(&mut self) {
        for change in self.unsynced.drain(..) {
            apply(&mut self.durable, &change);
        }
        self.frames = false;
    }

    /// What is there when the power comes back; see the rules above.
    pub(super) fn cut(&mut self, chance: &mut Chance) {
        let odds = chance.odds();
        let grown = self.now.len();
        let mut sectors: BTreeMap<usize, bool> = BTreeMap::new();
        // The shortest length that a lost truncation cut the file to: nothing written behind it afterwards is reachable.
        let mut lost_from: Option<usize> = None;
        for change in std::mem::take(&mut self.unsynced) {
            match change {
                Change::Truncate(length) => {
                    if lost_from.is_none() && chance.keeps(odds) {
                        apply(&mut self.durable, &Change::Truncate(length));
                        sectors.retain(|sector, _| sector * SECTOR < length);
                    } else {
                        lost_from = Some(lost_from.unwrap_or(usize::MAX).min(length));
                    }
                }
                Change::Write { offset, bytes } => {
                    for (start, piece) in pieces(offset, &bytes) {
                        let reachable = lost_from.is_none_or(|length| start < length);
                        let alive = sectors.entry(start / SECTOR).or_insert(true);
                        *alive = *alive && reachable && chance.keeps(odds);
                        if *alive {
                            put(Arc::make_mut(&mut self.durable), start, piece);
                        }
                    }
                }
            }
        }
        if lost_from.is_none() && self.durable.len() < grown && chance.below(2) == 0 {
            Arc::make_mut(&mut self.durable).resize(grown, 0);
        }
        self.now.clone_from(&self.durable);
        self.frames = false;
    }
}

/// How many bytes of a write that the power cut short got away: some of its sectors, from the first.
pub(super) fn torn(offset: usize, bytes: &[u8], chance: &mut Chance) -> usize {
    let sectors = pieces(offset, bytes).count();
    pieces(offset, bytes)
        .take(chance.below(sectors + 1))
        .map(|(_, piece)| piece.len())
        .sum()
}

/// A write, sector by sector.
fn pieces(offset: usize, bytes: &[u8]) -> impl Iterator<Item = (usize, &[u8])> {
    let (mut start, mut rest) = (offset, bytes);
    std::iter::from_fn(move || {
        let room = SECTOR - start % SECTOR;
        let (piece, after) = rest.split_at(room.min(rest.len()));
        let found = (!piece.is_empty()).then_some((start, piece));
        start += piece.len();
        rest = after;
        found
    })
}

fn apply(file: &mut Arc<Vec<u8>>, change: &Change) {
    let file = Arc::make_mut(file);
    match change {
        Change::Write { offset, bytes } => put(file, *offset, bytes),
        Change::Truncate(length) => file.resize(*length, 0),
    }
}

fn put(file: &mut Vec<u8>, offset: usize, bytes: &[u8]) {
    let end = offset + bytes.len();
    if file.len() < end {
        file.resize(end, 0);
    }
    if let Some(slot) = file.get_mut(offset..end) {
        slot.copy_from_slice(bytes);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_write_is_cut_at_sectors() {
        let lengths: Vec<_> = pieces(500, &[7; 600])
            .map(|(start, piece)| (start, piece.len()))
            .collect();
        assert_eq!(lengths, [(500, 12), (512, 512), (1024, 76)]);
    }

    #[test]
    fn a_second_write_to_a_sector_never_survives_without_the_first() {
        let mut seen = std::collections::BTreeSet::new();
        for seed in 0..400 {
            let mut content = Content::synced(vec![0; 512]);
            content.write(10, &[1]);
            content.write(20, &[2]);
            content.cut(&mut Chance::new(seed));
            seen.insert((content.bytes()[10], content.bytes()[20]));
        }
        assert_eq!(seen.into_iter().collect::<Vec<_>>(), [(0, 0), (1, 0), (1, 2)]);
    }

    #[test]
    fn after_a_lost_truncation_nothing_new_stands_behind_it() {
        let mut seen = std::collections::BTreeSet::new();
        for seed in 0..400 {
            let mut content = Content::synced(vec![9; 1024]);
            content.truncate(0);
            content.write(0, &[1; 512]);
            content.cut(&mut Chance::new(seed));
            seen.insert((content.bytes().len(), content.bytes().first().copied()));
        }
        let expected = [(0, None), (512, Some(0)), (512, Some(1)), (1024, Some(9))];
        assert_eq!(seen.into_iter().collect::<Vec<_>>(), expected);
    }

    #[test]
    fn what_was_synced_stays() {
        for seed in 0..50 {
            let mut content = Content::default();
            content.write(0, &[5; 2000]);
            content.sync();
            content.cut(&mut Chance::new(seed));
            assert_eq!(content.bytes(), [5; 2000]);
        }
    }
}
